import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import type { AuditDetail, AuditDetails } from '../../audit/domain/audit-entry.js';
import { demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { ConnectionNotActiveError } from '../../connections/domain/connection.errors.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { keyText, type MappingKind, type MappingScope } from '../domain/mapping.js';
import { MAPPING_STORE, type MappingStore } from '../domain/mapping-store.js';
import { MappingRefusedError, TemplateIncompleteError } from '../domain/mapping.errors.js';
import {
  ENTITY_OF,
  TEMPLATE_CREATION_STORE,
  type TemplateCreation,
  type TemplateCreationStore,
  wasNotCarriedOut,
} from '../domain/template-creation.js';
import type { TemplateRecords } from '../domain/template-records.js';
import { MappingBook } from './mapping-book.service.js';
import { Mirror } from './mirror.service.js';
import type { FilledTemplate, RecordTemplate } from './record-template.js';

/** How long nobody else may take up a creation: longer than a request and what a gateway may still do with it. */
const LEASE_MS = 120_000;
/** When a request is given up, well inside the lease. */
const TIMEOUT_MS = 60_000;

/** A record that is in the PSA now. */
export interface CreatedRecord<K extends MappingKind> {
  externalId: string;
  record: TemplateRecords[K];
}

interface Work<K extends MappingKind> {
  context: UseCaseContext;
  scope: MappingScope;
  template: RecordTemplate<K, never>;
  filled: FilledTemplate<K>;
}

/**
 * Creates the company, service or contract of an unmapped subject, and maps it. What is to be created is saved with our key before it
 * is sent; while nobody knows what became of it, the key is looked up in the PSA before anything is sent again.
 */
@Injectable()
export class TemplateCreations {
  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly sessions: ConnectionSessions,
    private readonly book: MappingBook,
    private readonly mirror: Mirror,
    @Inject(MAPPING_STORE) private readonly mappings: MappingStore,
    @Inject(TEMPLATE_CREATION_STORE) private readonly store: TemplateCreationStore,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * What `create` would create, and what the request lacks for it; nothing is sent or saved.
   * @throws TierNotAllowedError, ConnectionNotFoundError, MappingRefusedError, and the not-found error of the subject
   */
  preview<K extends MappingKind, Wishes>(
    context: UseCaseContext,
    connectionId: string,
    template: RecordTemplate<K, Wishes>,
    wishes: Wishes,
  ): Promise<FilledTemplate<K>> {
    return this.attempt(context, connectionId, template, wishes, async ({ scope, filled }) => {
      await this.demandUnmapped(scope, template, filled, null);
      return filled;
    });
  }

  /**
   * Creates the record unless an earlier call has, and maps it. Repeating a call that failed is safe; it goes on with the record of
   * the first one.
   * @throws as `preview`; TemplateIncompleteError, ConnectionNotActiveError, and the errors of `PsaWriter`
   */
  async create<K extends MappingKind, Wishes>(
    context: UseCaseContext,
    connectionId: string,
    template: RecordTemplate<K, Wishes>,
    wishes: Wishes,
  ): Promise<CreatedRecord<K>> {
    const created = await this.attempt(context, connectionId, template, wishes, async (work, connection) => {
      if (connection.state !== 'active') throw new ConnectionNotActiveError(connection.state);
      const session = await this.sessions.open(connection, 'interactive');
      try {
        return await this.settle(work, session);
      } finally {
        await session.close();
      }
    });
    const wish = { key: created.key, targetId: created.externalId, excludedReason: null };
    await this.book.put(context, connectionId, template.binding, wish);
    return created;
  }

  private attempt<K extends MappingKind, Wishes, Result>(
    context: UseCaseContext,
    connectionId: string,
    template: RecordTemplate<K, Wishes>,
    wishes: Wishes,
    work: (work: Work<K>, connection: Connection) => Promise<Result>,
  ): Promise<Result> {
    // Told once it is known to be the caller's: an id that is asked for may be another tenant's.
    let known: string | null = null;
    let filled: FilledTemplate<K> | null = null;
    const event = () => eventOf(template, known, filled);
    return this.audit.attempt(context, event, async () => {
      const connection = await this.connections.get(context, connectionId);
      known = connection.id;
      demandManagingTier(context.actor);
      const scope = await this.book.scope(context, connectionId);
      filled = await template.fill(scope, wishes);
      return work({ context, scope, template, filled }, connection);
    });
  }

  private async settle<K extends MappingKind>(
    work: Work<K>,
    session: PsaSession,
  ): Promise<CreatedRecord<K> & Pick<FilledTemplate<K>, 'key'>> {
    const { scope, template, filled } = work;
    const { kind } = template.binding;
    const known = await this.find(scope, kind, filled);
    await this.demandUnmapped(scope, template, filled, known?.externalId ?? null);
    if (known === null) await this.demandCreatable(session, kind, filled);
    const creation = await this.take(work);
    const externalId = creation.externalId ?? (await this.carryOut(work, session, creation, known !== null));
    const [mirrored] = await session.readByIds(ENTITY_OF[kind], [externalId]);
    if (mirrored === undefined) throw notShown(externalId);
    await this.transactions.run((tx) =>
      this.mirror.writeRecord(tx, scope.connectionId, ENTITY_OF[kind], mirrored),
    );
    return { externalId, record: creation.record, key: filled.key };
  }

  /** The creation of this subject that an earlier call began. @throws MappingRefusedError when another subject has the reference */
  private async find<K extends MappingKind>(
    { connectionId }: MappingScope,
    kind: K,
    { key, reference }: FilledTemplate<K>,
  ): Promise<TemplateCreation<K> | null> {
    const known = await this.store.find(connectionId, kind, keyText(key), reference);
    if (known !== null && known.subjectKey !== keyText(key)) throw taken(reference, known.externalId);
    return known;
  }

  private async demandUnmapped<K extends MappingKind>(
    { connectionId }: MappingScope,
    { binding }: Pick<RecordTemplate<K, never>, 'binding'>,
    { key, label }: FilledTemplate<K>,
    ownExternalId: string | null,
  ): Promise<void> {
    const [mapping] = await this.mappings.find(binding.kind, connectionId, [key]);
    if (mapping === undefined || (ownExternalId !== null && mapping.targetId === ownExternalId)) return;
    const how = mapping.targetId === null ? 'excluded' : `mapped to ${mapping.targetId}`;
    throw new MappingRefusedError('already_mapped', `'${label}' is ${how} already. Remove that first.`);
  }

  /** Before the first attempt: nothing is missing, and nobody made a record with our key by hand. */
  private async demandCreatable<K extends MappingKind>(
    session: PsaSession,
    kind: K,
    { missing, reference }: FilledTemplate<K>,
  ): Promise<void> {
    if (missing.length > 0) throw new TemplateIncompleteError(missing);
    const existing = await session.findByReference(ENTITY_OF[kind], reference);
    if (existing !== null) throw taken(reference, existing.externalId);
  }

  /** Saves the intention, or takes up the one that is open. @throws MappingRefusedError while somebody else is at it */
  private take<K extends MappingKind>({ scope, template, filled }: Work<K>): Promise<TemplateCreation<K>> {
    const { connectionId, rootTenantId } = scope;
    const { kind } = template.binding;
    return this.transactions.run(async (tx) => {
      await this.mappings.lockTree(tx, rootTenantId);
      const now = this.clock.now();
      const leasedUntil = new Date(now.getTime() + LEASE_MS);
      const { key, reference, record } = filled;
      const known = await this.store.find(connectionId, kind, keyText(key), reference, tx);
      if (known === null) {
        const creation = { id: newId(), connectionId, kind, subjectKey: keyText(key), reference, record };
        const first = { ...creation, externalId: null, leasedUntil, startedAt: now };
        await this.store.insert(tx, first);
        return first;
      }
      if (known.externalId === null) {
        if (known.leasedUntil > now) throw underWay(known.leasedUntil);
        await this.store.extendLease(tx, known.id, leasedUntil);
      }
      return known;
    });
  }

  /** @param mayExist whether an earlier attempt may have created it */
  private async carryOut<K extends MappingKind>(
    work: Work<K>,
    session: PsaSession,
    creation: TemplateCreation<K>,
    mayExist: boolean,
  ): Promise<string> {
    const look = () => session.findByReference(ENTITY_OF[creation.kind], creation.reference);
    const found = mayExist ? await look() : null;
    const externalId =
      found?.externalId ?? (await this.send(work, session, creation)) ?? (await look())?.externalId;
    // Accepted without an id, and not shown: what stands saved is looked up by the next call.
    if (externalId === undefined) throw notShown(creation.reference);
    const { context, template, filled, scope } = work;
    await this.transactions.run(async (tx) => {
      await this.store.finish(tx, creation.id, externalId);
      const event = eventOf(template, scope.connectionId, filled);
      const details: AuditDetails = {
        externalId,
        reference: creation.reference,
        record: JSON.parse(JSON.stringify(creation.record)) as AuditDetail,
      };
      await this.audit.append(tx, context, { ...event, details });
    });
    return externalId;
  }

  /** Null when the PSA accepted it without telling an id. */
  private async send<K extends MappingKind>(
    { template }: Work<K>,
    session: PsaSession,
    { id, record }: TemplateCreation<K>,
  ): Promise<string | null> {
    const { writer } = session;
    if (writer === undefined) throw new TypeError('The adapter of this connection cannot write');
    try {
      const { externalId } = await template.send(writer, record, AbortSignal.timeout(TIMEOUT_MS));
      return externalId;
    } catch (error) {
      if (wasNotCarriedOut(error)) await this.transactions.run((tx) => this.store.remove(tx, id));
      throw error;
    }
  }
}

function eventOf<K extends MappingKind>(
  { operation, binding }: Pick<RecordTemplate<K, never>, 'operation' | 'binding'>,
  connectionId: string | null,
  filled: FilledTemplate<K> | null,
) {
  const id = filled === null ? null : keyText(filled.key);
  return {
    operation,
    connectionId,
    subject: { type: `${binding.kind} mapping`, id, label: filled?.label ?? '' },
  };
}

function taken(reference: string, externalId: string | null): MappingRefusedError {
  const which = externalId === null ? '' : ` (${externalId})`;
  const detail = `Autotask has a record${which} that is called '${reference}'. Map to that one, or give another number or name.`;
  return new MappingRefusedError('reference_taken', detail);
}

function underWay(until: Date): MappingRefusedError {
  const detail = `The record is being created, or its answer was lost. Repeat the call after ${until.toISOString()}; it looks first what became of it.`;
  return new MappingRefusedError('creation_under_way', detail);
}

function notShown(name: string): MappingRefusedError {
  const detail = `Autotask accepted the record '${name}' but does not show it to the API user. See to its rights, then repeat the call; if the record was deleted, map to another one.`;
  return new MappingRefusedError('creation_not_shown', detail);
}
