import type { PsaEntity, PsaRecords } from '../../src/ports/psa/psa-records.js';
import type { PsaBatch, PsaSession, PullRequest } from '../../src/ports/psa/psa-session.port.js';

/** The first batch of a full pull from a position on. */
export async function readPage<E extends PsaEntity>(
  session: PsaSession,
  entity: E,
  position: string | null = null,
  signal?: AbortSignal,
): Promise<PsaBatch<PsaRecords[E]>> {
  for await (const batch of session.readBatches(entity, { scope: { kind: 'all' }, position }, signal))
    return batch;
  throw new Error('The pull ended without a batch');
}

/** Every record of a full pull, in the order in which it came. */
export async function readEvery<E extends PsaEntity>(
  session: PsaSession,
  entity: E,
  request: Partial<PullRequest> = {},
): Promise<PsaRecords[E][]> {
  const records: PsaRecords[E][] = [];
  const batches = session.readBatches(entity, { scope: { kind: 'all' }, position: null, ...request });
  for await (const batch of batches) records.push(...batch.records);
  return records;
}
