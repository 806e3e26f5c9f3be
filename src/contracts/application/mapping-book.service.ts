import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import type { AuditDetails } from '../../audit/domain/audit-entry.js';
import { demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { ConnectorError } from '../../kernel/connector-error.js';
import { isId, newId } from '../../kernel/ids.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  keyText,
  type MappingKeys,
  type MappingKind,
  type MappingScope,
  type MappingWish,
  type StoredMapping,
} from '../domain/mapping.js';
import { MAPPING_STORE, type MappingStore } from '../domain/mapping-store.js';
import { MappingRefusedError } from '../domain/mapping.errors.js';
import type { Judgement, MappingBinding, MappingResult } from './mapping-binding.js';
import { Decision } from './mapping-decision.js';

/** Wishes that are saved in one transaction; more of them commit one set after the other. */
const SET_SIZE = 200;

/** Further lines of a file are counted in its entry. */
const MOST_LINES_TOLD = 20;

/** A line of a file that cannot be read, or repeats one before it. */
export interface RefusedLine {
  line: number;
  column: string;
  code: string;
  detail: string;
}

/** Makes, changes and removes mappings of every kind, one or many at once. */
@Injectable()
export class MappingBook {
  constructor(
    private readonly connections: ConnectionDirectory,
    @Inject(MAPPING_STORE) private readonly store: MappingStore,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Where mappings of the caller's connection belong. @throws ConnectionNotFoundError */
  async scope(context: UseCaseContext, connectionId: string): Promise<MappingScope> {
    const { id, tenantId, rootTenantId, currency, instance } = await this.connections.get(
      context,
      connectionId,
    );
    const { internalCurrency } = instance;
    return { connectionId: id, tenantId, rootTenantId, currency, internalCurrency };
  }

  /**
   * Makes one mapping; equal values change nothing.
   * @throws TierNotAllowedError, ConnectionNotFoundError, MappingRefusedError, and the not-found error of what is not there
   */
  async put<K extends MappingKind>(
    context: UseCaseContext,
    connectionId: string,
    binding: MappingBinding<K>,
    wish: MappingWish<MappingKeys[K]>,
  ): Promise<void> {
    const [result] = await this.apply(context, connectionId, binding, [wish]);
    if (result?.error != null) throw result.error;
  }

  /**
   * Makes many mappings in the order given, each accepted or refused by itself; every change and every refusal is audited in the
   * transaction that decides it.
   * @throws TierNotAllowedError, ConnectionNotFoundError
   */
  async apply<K extends MappingKind>(
    context: UseCaseContext,
    connectionId: string,
    binding: MappingBinding<K>,
    wishes: readonly MappingWish<MappingKeys[K]>[],
  ): Promise<MappingResult<MappingKeys[K]>[]> {
    // Told once it is known to be the caller's: an id that is asked for may be another tenant's.
    let known: string | null = null;
    const first = wishes.length === 1 ? (wishes[0]?.key ?? null) : null;
    const event = () => ({
      operation: binding.operations.create,
      subject: { type: `${binding.kind} mapping`, id: first === null ? null : keyText(first), label: '' },
      connectionId: known,
    });
    return this.audit.attempt(context, event, async () => {
      const scope = await this.scope(context, connectionId);
      known = scope.connectionId;
      demandManagingTier(context.actor);
      const results: MappingResult<MappingKeys[K]>[] = [];
      for (let start = 0; start < wishes.length; start += SET_SIZE) {
        results.push(
          ...(await this.applySet(context, scope, binding, wishes.slice(start, start + SET_SIZE))),
        );
      }
      return results;
    });
  }

  /**
   * Leaves one entry for the lines of a file that say nothing `apply` could decide on; call it after `apply`, which knows the caller's connections.
   * @param lines tell what is wrong by column, and nothing of what the line holds
   */
  async refuseLines<K extends MappingKind>(
    context: UseCaseContext,
    connectionId: string,
    { kind, operations }: MappingBinding<K>,
    lines: readonly RefusedLine[],
  ): Promise<void> {
    const [first] = lines;
    if (first === undefined) return;
    const reason = `Lines of the file that were not taken: ${lines.length}.`;
    const told = lines.slice(0, MOST_LINES_TOLD).map((line) => ({ ...line }));
    const event = {
      operation: operations.create,
      subject: { type: `${kind} mapping`, id: null, label: '' },
      connectionId,
      details: { code: first.code, category: 'invalid_input', reason, rejected: lines.length, lines: told },
    };
    await this.transactions.run((tx) => this.audit.appendFailed(tx, context, event));
  }

  /**
   * Removes a mapping or an exclusion.
   * @throws TierNotAllowedError, ConnectionNotFoundError, MappingRefusedError (`not_found`, `in_use`)
   */
  async remove<K extends MappingKind>(
    context: UseCaseContext,
    connectionId: string,
    binding: MappingBinding<K>,
    which: { key: MappingKeys[K] } | { mappingId: string },
  ): Promise<void> {
    let known: string | null = null;
    const named = 'key' in which ? keyText(which.key) : which.mappingId;
    const subject = { type: `${binding.kind} mapping`, id: named, label: '' };
    const operation = binding.operations.delete;
    const event = () => ({ operation, subject, connectionId: known });
    await this.audit.attempt(context, event, async () => {
      const scope = await this.scope(context, connectionId);
      known = scope.connectionId;
      demandManagingTier(context.actor);
      await this.transactions.run(async (tx) => {
        await this.store.lockTree(tx, scope.rootTenantId);
        const stored = await this.find(tx, scope, binding.kind, which);
        if (binding.kind !== 'subscription') await this.demandUnused(tx, binding.kind, stored.id);
        const change = () => this.store.remove(tx, binding.kind, stored.id);
        await (binding.announce?.(tx, context, scope, [stored.key], [], change) ?? change());
        await this.audit.append(tx, context, {
          ...event(),
          subject: { ...subject, id: keyText(stored.key) },
          details: { changes: changesOf(binding, stored, null) },
        });
      });
    });
  }

  private async find<K extends MappingKind>(
    tx: Transaction,
    { connectionId }: MappingScope,
    kind: K,
    which: { key: MappingKeys[K] } | { mappingId: string },
  ): Promise<StoredMapping<MappingKeys[K]>> {
    const named = 'key' in which ? keyText(which.key) : which.mappingId;
    let stored: StoredMapping<MappingKeys[K]> | null | undefined;
    // The database cannot compare with NUL, and no key holds one.
    if (named.includes('\0')) stored = null;
    else if ('key' in which) [stored] = await this.store.find(kind, connectionId, [which.key], tx);
    else if (isId(which.mappingId))
      stored = await this.store.findById(kind, connectionId, which.mappingId, tx);
    if (stored === null || stored === undefined) {
      throw new MappingRefusedError('not_found', 'There is no such mapping on this connection.');
    }
    return stored;
  }

  private async demandUnused(tx: Transaction, kind: 'customer' | 'offer', id: string): Promise<void> {
    const dependents = (await this.store.countDependents(tx, kind, [id])).get(id) ?? 0;
    if (dependents > 0) throw inUse(dependents);
  }

  private async applySet<K extends MappingKind>(
    context: UseCaseContext,
    scope: MappingScope,
    binding: MappingBinding<K>,
    wishes: readonly MappingWish<MappingKeys[K]>[],
  ): Promise<MappingResult<MappingKeys[K]>[]> {
    const prepared = await binding.prepare(scope, wishes);
    return this.transactions.run(async (tx) => {
      await this.store.lockTree(tx, scope.rootTenantId);
      const decision = await this.decide(tx, scope, binding, wishes, await prepared.judge(tx));
      const saved = [...decision.changes.values()];
      if (saved.length > 0) {
        const stamp = { at: this.clock.now(), by: { id: context.actor.id, name: context.actor.name } };
        const after = saved.map((change) => change.after);
        const change = () => this.store.save(tx, binding.kind, scope, after, stamp);
        const keys = after.map(({ key }) => key);
        await (binding.announce?.(tx, context, scope, keys, prepared.subscriptions, change) ?? change());
      }
      await this.record(tx, context, scope, binding, decision);
      return decision.results;
    });
  }

  private async decide<K extends MappingKind>(
    tx: Transaction,
    { connectionId }: MappingScope,
    binding: MappingBinding<K>,
    wishes: readonly MappingWish<MappingKeys[K]>[],
    judgements: readonly Judgement[],
  ): Promise<Decision<K>> {
    const { kind } = binding;
    const stored = await this.store.find(
      kind,
      connectionId,
      wishes.map(({ key }) => key),
      tx,
    );
    const targets = wishes.flatMap(({ targetId }) => targetId ?? []);
    const holders = binding.isOneToOne ? await this.store.findByTargets(kind, connectionId, targets, tx) : [];
    const ids = stored.map(({ id }) => id);
    const dependents =
      kind === 'subscription' ? new Map<string, number>() : await this.store.countDependents(tx, kind, ids);
    const decision = new Decision(binding, stored, holders, dependents, inUse, newId);
    wishes.forEach((wish, index) => decision.take(wish, judgements[index]));
    return decision;
  }

  /** One entry per mapping changed or refused. */
  private async record<K extends MappingKind>(
    tx: Transaction,
    context: UseCaseContext,
    { connectionId }: MappingScope,
    binding: MappingBinding<K>,
    { notes }: Decision<K>,
  ): Promise<void> {
    const { create, update } = binding.operations;
    for (const { key, label, change, isNew, error, wish, targetName } of notes) {
      const event = {
        operation: isNew ? create : update,
        subject: { type: `${binding.kind} mapping`, id: keyText(key), label },
        connectionId,
      };
      const names = targetName === null ? {} : { targetName };
      if (change !== null) {
        const details = { changes: changesOf(binding, change.before, change.after), ...names };
        await this.audit.append(tx, context, { ...event, details });
      } else if (error !== null) {
        const asked = { [binding.targetField]: wish.targetId, ...names, ...refusalDetails(error) };
        await this.audit.appendFailed(tx, context, { ...event, details: asked });
      }
    }
  }
}

function inUse(dependents: number): MappingRefusedError {
  const detail =
    dependents === 1
      ? 'One mapped subscription rests on this mapping. Remove the mapping of that subscription first.'
      : `${dependents} mapped subscriptions rest on this mapping. Remove the mappings of those subscriptions first.`;
  return new MappingRefusedError('in_use', detail);
}

function refusalDetails({ code, category, detail }: ConnectorError): AuditDetails {
  return { code, category, reason: detail };
}

/** What a mapping is bound to, and what it rests on, before and after. */
function changesOf<K extends MappingKind>(
  { targetField, restsOn }: MappingBinding<K>,
  before: StoredMapping<MappingKeys[K]> | null,
  after: StoredMapping<MappingKeys[K]> | null,
) {
  const fields = (mapping: StoredMapping<MappingKeys[K]> | null) => ({
    [targetField]: mapping?.targetId ?? null,
    excludedReason: mapping?.excludedReason ?? null,
    ...Object.fromEntries(restsOn.map((name) => [name, mapping?.extras[name] ?? null])),
  });
  const [old, now] = [fields(before), fields(after)];
  return Object.keys(now)
    .map((field) => ({ field, before: old[field] ?? null, after: now[field] ?? null }))
    .filter((change) => change.before !== change.after);
}
