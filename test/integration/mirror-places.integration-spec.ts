import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { localDate } from '../../src/kernel/local-date.js';
import type { PsaEntity, PsaRecords } from '../../src/ports/psa/psa-records.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aContract, companies } from '../support/builders/psa-records.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';
import { storedConnection } from '../support/stored-connection.js';

let installation: TestInstallation;
let services: TestServices;
let connectionId: string;

beforeAll(async () => {
  installation = await openInstallation();
  services = buildServices(installation);
});

afterAll(() => installation?.close());

beforeEach(async () => {
  connectionId = await storedConnection(installation, services);
});

/** Stores records as a pull of their own. */
function merge<E extends PsaEntity>(entity: E, records: PsaRecords[E][]): Promise<unknown> {
  const page = { connectionId, pullId: newId(), entity, pageNumber: 0, records };
  return installation.transactions.run((tx) => services.mirror.writePage(tx, page));
}

describe('what a reader is told of the stored rows', () => {
  it('cuts them into equal parts in the order of numbers', async () => {
    await merge('companies', companies(1, 12));
    expect(await services.mirror.knownSplits(connectionId, 'companies', 4)).toEqual(['4', '7', '10']);
    expect(await services.mirror.knownSplits(connectionId, 'companies', 1)).toEqual([]);
    expect(await services.mirror.knownSplits(connectionId, 'services', 4)).toEqual([]);
    expect(await services.mirror.knownSplits(connectionId, 'companies', 50)).toHaveLength(11);
  });

  it('cuts many rows by a sample into about equal parts', async () => {
    await merge('companies', companies(1, 30_000));
    const splits = await services.mirror.knownSplits(connectionId, 'companies', 3);
    expect(splits).toHaveLength(2);
    expect(Math.abs(Number(splits[0]) - 10_000)).toBeLessThan(2_500);
    expect(Math.abs(Number(splits[1]) - 20_000)).toBeLessThan(2_500);
  });

  it('names the highest id that was ever stored, by number', async () => {
    expect(await services.mirror.highestExternalId(connectionId, 'companies')).toBeNull();
    await merge('companies', companies(8, 11));
    expect(await services.mirror.highestExternalId(connectionId, 'companies')).toBe('11');
    await merge('companies', companies(2, 9));
    expect(await services.mirror.highestExternalId(connectionId, 'companies')).toBe('11');
    expect(await services.mirror.highestExternalId(connectionId, 'services')).toBeNull();
    expect(
      await services.mirror.highestExternalId(await storedConnection(installation, services), 'companies'),
    ).toBeNull();
  });

  it('names the contracts that end on or after a day', async () => {
    await merge('contracts', [
      aContract({ externalId: '10', endsOn: localDate('2026-05-31') }),
      aContract({ externalId: '9', endsOn: localDate('2026-06-01') }),
    ]);
    const day = localDate('2026-06-01');
    expect(await services.mirror.contractExternalIds(connectionId, day)).toEqual(['9']);
    expect(await services.mirror.contractExternalIds(connectionId, null)).toEqual(['9', '10']);
  });
});
