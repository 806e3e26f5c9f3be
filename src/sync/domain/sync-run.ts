import type { PsaEntity } from '../../ports/psa/psa-records.js';

export type SyncTrigger = 'manual' | 'schedule';
export type SyncRunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** How far a run is with one entity; counts are rows. */
export interface EntityProgress {
  entity: PsaEntity;
  /** Where the next page starts; null before the first page and after the last. */
  nextCursor: string | null;
  pages: number;
  isComplete: boolean;
  read: number;
  created: number;
  updated: number;
  deleted: number;
}

export interface SyncRun {
  id: string;
  connectionId: string;
  tenantId: string;
  trigger: SyncTrigger;
  state: SyncRunState;
  correlationId: string;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Requests sent to the PSA, retries included. */
  apiCalls: number;
  entities: EntityProgress[];
  error: { code: string; detail: string } | null;
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

export function isFinished({ state }: SyncRun): boolean {
  return state !== 'queued' && state !== 'running';
}

export function initialProgress(): EntityProgress[] {
  return PULLED_ENTITIES.map((entity) => ({
    entity,
    nextCursor: null,
    pages: 0,
    isComplete: false,
    read: 0,
    created: 0,
    updated: 0,
    deleted: 0,
  }));
}
