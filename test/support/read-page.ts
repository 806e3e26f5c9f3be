import type { PsaEntity, PsaRecords } from '../../src/ports/psa/psa-records.js';
import type { PsaBatch, PsaSession } from '../../src/ports/psa/psa-session.port.js';

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
