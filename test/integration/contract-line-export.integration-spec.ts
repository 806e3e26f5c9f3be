import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MirrorScope } from '../../src/contracts/domain/mirror-reader.js';
import { ContractLineRepository } from '../../src/contracts/persistence/contract-line.repository.js';
import { newId } from '../../src/kernel/ids.js';
import { localDate } from '../../src/kernel/local-date.js';
import type { PsaEntity, PsaRecords } from '../../src/ports/psa/psa-records.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import {
  aContract,
  aContractService,
  aContractServiceUnit,
} from '../support/builders/psa-records.builder.js';
import { buildServices } from '../support/builders/services.builder.js';
import { storedConnection } from '../support/stored-connection.js';

/** More than two of the pages an export reads. */
const LINES = 2_300;
const PER_CONTRACT = 7;

let installation: TestInstallation;
let scope: MirrorScope;

beforeAll(async () => {
  // Two connections to the database are all there are.
  installation = await openInstallation({ poolSize: 2 });
  const services = buildServices(installation);
  const connectionId = await storedConnection(installation, services);
  scope = { connectionId, internalCurrency: 'EUR' };
  const pullId = newId();
  const store = <E extends PsaEntity>(entity: E, records: PsaRecords[E][]): Promise<unknown> =>
    installation.transactions.run((tx) =>
      services.mirror.writePage(tx, { connectionId, pullId, entity, pageNumber: 0, records }),
    );
  const ids = Array.from({ length: LINES }, (_, index) => ({
    externalId: String(index + 1),
    contractExternalId: String(Math.floor(index / PER_CONTRACT) + 1),
  }));
  const contracts = new Set(ids.map(({ contractExternalId }) => contractExternalId));
  await store(
    'contracts',
    [...contracts].map((externalId) => aContract({ externalId })),
  );
  await store('contractServices', ids.map(aContractService));
  await store(
    'contractServiceUnits',
    ids.map(({ externalId, contractExternalId }) =>
      aContractServiceUnit({ externalId, contractExternalId, contractServiceExternalId: externalId }),
    ),
  );
});

afterAll(() => installation?.close());

it('holds no database connection while slow readers take the lines, and gives each of them once', async () => {
  const lines = new ContractLineRepository(installation.dataSource);
  const exported = () => lines.all(scope, { asOf: localDate('2026-03-01') });
  const slow = [exported(), exported()];
  for (const reader of slow) expect((await reader.next()).done).toBe(false);
  // Both pause, and others want the database.
  expect(await installation.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);

  const taken: string[] = [];
  for await (const { contract, externalId } of exported()) taken.push(`${contract.externalId}/${externalId}`);
  expect(taken).toHaveLength(LINES);
  expect(new Set(taken).size).toBe(LINES);
});
