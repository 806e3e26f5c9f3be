import { higherId } from '../../contracts/domain/external-id.js';
import { CONTRACT_ENTITIES, type ContractEntity } from '../../contracts/domain/mirror-store.js';
import type { PsaEntity } from '../../ports/psa/psa-records.js';
import type { BatchFacts, ChangeTracking, PsaSession, PullScope } from '../../ports/psa/psa-session.port.js';
import { type EntityProgress, noProgress, PULLED_ENTITIES, type SyncMode, type SyncRun } from './sync-run.js';

/** What came in, so that what belongs to it has to be read again. */
export interface Touched {
  kind: 'contracts' | 'invoices';
  externalIds: readonly string[];
}

/** What the last run that succeeded left about one entity of a connection. */
export interface Watermark {
  entity: PsaEntity;
  /** Start of that run: everything changed before was read. */
  syncedFrom: Date;
  /** Highest external id it had read; null when there was no row. */
  highestExternalId: string | null;
  /** The most the PSA ever told about changes of the entity. */
  tracking: ChangeTracking;
  /** Pages and rows of the last complete reading. */
  fullPages: number;
  fullRows: number;
}

/** Clocks differ, and a row can be committed later than its own time of change says. */
export const OVERLAP_MS = 5 * 60_000;

/** Everything else hangs on these, and their edits decide what may be billed: without a change field they are read in full. */
const READ_WHOLE: ReadonlySet<PsaEntity> = new Set([
  'currencies',
  'companies',
  'services',
  'serviceBundles',
  'contracts',
]);

const TRACKING_RANK: Readonly<Record<ChangeTracking, number>> = { 'new rows': 0, 'some edits': 1, edits: 2 };

/**
 * What a run reads of every entity. In an incremental run an entity is read in full where it has never been read, where its
 * change field is no longer usable, and where it fits on one page anyway and no change field shows every edit.
 */
export function planPull(
  mode: SyncMode,
  watermarks: readonly Watermark[],
  mirrored: readonly PsaEntity[],
  session: Pick<PsaSession, 'canRead' | 'changeTracking'>,
): EntityProgress[] {
  const known = new Map(watermarks.map((watermark) => [watermark.entity, watermark]));
  return PULLED_ENTITIES.filter((entity) => session.canRead(entity)).map((entity) => {
    const watermark = known.get(entity);
    const tracking = session.changeTracking(entity);
    const expected = watermark?.fullRows ?? null;
    if (mode === 'full' || watermark === undefined || mustReadAll(watermark, tracking)) {
      return noProgress(entity, { tracking, expected, wasEmpty: !mirrored.includes(entity) });
    }
    return noProgress(entity, {
      step: 'changes',
      tracking,
      since: new Date(watermark.syncedFrom.getTime() - OVERLAP_MS),
      afterExternalId: watermark.highestExternalId,
    });
  });
}

/**
 * Whether an entity whose changes have been read is read again for what came in, because no change field shows its edits: what belongs
 * to a contract for the contracts, billing items for the invoices. Their history of a contract is long, and beside un-posting, which
 * a full run finds, only invoicing changes it.
 */
export function isRefreshed({ entity, step, tracking }: EntityProgress): boolean {
  return (
    step === 'changes' && tracking !== 'edits' && (isContractEntity(entity) || entity === 'billingItems')
  );
}

export function isContractEntity(entity: PsaEntity): entity is ContractEntity {
  return CONTRACT_ENTITIES.some((candidate) => candidate === entity);
}

/** What records touch: contracts, or invoices, by their ids. */
export function touchedBy(entity: PsaEntity, records: readonly { externalId: string }[]): string[] {
  const isItself = entity === 'contracts' || entity === 'invoices';
  const ids = records.map((record) => (isItself ? record.externalId : contractOf(record)));
  return [...new Set(ids.filter((id) => id !== null))];
}

/**
 * Rows asked for by contract or invoice may come twice, when one moves between them meanwhile: the later reading has to find the
 * earlier one.
 */
export function mayOverlap({ kind }: PullScope): boolean {
  return kind === 'all' || kind === 'changes';
}

/** Whether no run has ever read all of the entity. */
export function isFirstReading({ step, expected }: EntityProgress): boolean {
  return step === 'all' && expected === null;
}

/** What an earlier run has read stands until this one has counted; changes say nothing of how many rows there are. */
export function expectedAfter(
  { step, expected }: EntityProgress,
  { expectedRows }: BatchFacts,
  readBefore: number,
): number | null {
  return step === 'all' && expectedRows !== null ? readBefore + expectedRows : expected;
}

/** The watermarks a run leaves when it has succeeded. */
export function watermarksAfter(run: SyncRun, before: readonly Watermark[], startedAt: Date): Watermark[] {
  const known = new Map(before.map((watermark) => [watermark.entity, watermark]));
  return run.entities.map((progress) => {
    const last = known.get(progress.entity);
    const isFull = progress.step === 'all';
    return {
      entity: progress.entity,
      syncedFrom: startedAt,
      highestExternalId: higherId(last?.highestExternalId ?? null, progress.highestExternalId),
      tracking: last === undefined ? progress.tracking : betterTracking(last.tracking, progress.tracking),
      fullPages: isFull || last === undefined ? progress.pages : last.fullPages,
      fullRows: isFull || last === undefined ? progress.read : last.fullRows,
    };
  });
}

function mustReadAll({ entity, tracking: usual, fullPages }: Watermark, tracking: ChangeTracking): boolean {
  const isLost = TRACKING_RANK[tracking] < TRACKING_RANK[usual];
  return isLost || (tracking !== 'edits' && (fullPages <= 1 || READ_WHOLE.has(entity)));
}

function betterTracking(left: ChangeTracking, right: ChangeTracking): ChangeTracking {
  return TRACKING_RANK[left] > TRACKING_RANK[right] ? left : right;
}

function contractOf(record: object): string | null {
  const id: unknown = 'contractExternalId' in record ? record.contractExternalId : null;
  return typeof id === 'string' ? id : null;
}
