import type { PsaEntity } from '../../ports/psa/psa-records.js';
import type { ChangeTracking } from '../../ports/psa/psa-session.port.js';

export type SyncTrigger = 'manual' | 'schedule';
export type SyncRunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** `full` reads everything and finds deletions; `incremental` reads what changed since the last run that succeeded. */
export type SyncMode = 'full' | 'incremental';

/**
 * What is being read of an entity: every row (what is not shown is deleted); what its change fields and new ids show; or the rows
 * of the contracts that came in, where no change field shows edits (what is not shown of those contracts is deleted); of billing items
 * those of the invoices that came in (nothing is deleted).
 */
export type PullStep = 'all' | 'changes' | 'contracts';

/** A record that could not be read and was set aside; what was mirrored of it before stays. */
export interface Rejection {
  externalId: string;
  /** As the PSA names it. */
  field: string;
  detail: string;
}

/** How far a run is with one entity; counts are rows. */
export interface EntityProgress {
  entity: PsaEntity;
  step: PullStep;
  /** What the PSA tells about changes of the entity, as found when the run was planned. */
  tracking: ChangeTracking;
  /** Step `changes`: changed since, and ids beyond. */
  since: Date | null;
  afterExternalId: string | null;
  /** Where the next batch of the step starts; null before the first and after the last. */
  nextCursor: string | null;
  /** Step `contracts`: the last contract (of billing items: invoice) of those finished, in the order of the store. */
  contractsThrough: string | null;
  /** Highest id read in the steps `all` and `changes`. */
  highestExternalId: string | null;
  /** Whether nothing was mirrored of it when the run was planned. */
  wasEmpty: boolean;
  /** Rows expected; null where nothing is known. */
  expected: number | null;
  pages: number;
  isComplete: boolean;
  read: number;
  created: number;
  updated: number;
  deleted: number;
  rejections: readonly Rejection[];
}

/** Why a queued run waits although a worker is free. */
export interface SyncWait {
  code: string;
  detail: string;
}

export interface SyncRun {
  id: string;
  connectionId: string;
  tenantId: string;
  trigger: SyncTrigger;
  mode: SyncMode;
  state: SyncRunState;
  correlationId: string;
  createdAt: Date;
  /** When the schedule wanted it to start; null for a run a person asked for. */
  scheduledFor: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Requests sent to the PSA, retries included. */
  apiCalls: number;
  /** Empty until a worker has planned the run. */
  entities: EntityProgress[];
  error: { code: string; detail: string } | null;
  /** Set while the run is queued to go on later. */
  resumesAt: Date | null;
  wait: SyncWait | null;
  /** Since when the run has waited without storing anything; null when the last thing it did was to store something. */
  waitingSince: Date | null;
  /** Waits since something was stored. */
  waits: number;
}

/** What a pull reads, in the order in which records refer to each other. */
export const PULLED_ENTITIES: readonly PsaEntity[] = [
  'currencies',
  'billingCodes',
  'companies',
  'services',
  'serviceBundles',
  'priceListServices',
  'contracts',
  'contractServices',
  'contractServiceBundles',
  'contractServiceUnits',
  'contractServiceBundleUnits',
  'contractCharges',
  'invoices',
  'billingItems',
];

export function isFinished({ state }: Pick<SyncRun, 'state'>): boolean {
  return state !== 'queued' && state !== 'running';
}

/** Progress of an entity of which nothing was read yet. */
export function noProgress(entity: PsaEntity, change: Partial<EntityProgress> = {}): EntityProgress {
  return {
    entity,
    step: 'all',
    tracking: 'new rows',
    since: null,
    afterExternalId: null,
    nextCursor: null,
    contractsThrough: null,
    highestExternalId: null,
    wasEmpty: false,
    expected: null,
    pages: 0,
    isComplete: false,
    read: 0,
    created: 0,
    updated: 0,
    deleted: 0,
    rejections: [],
    ...change,
  };
}
