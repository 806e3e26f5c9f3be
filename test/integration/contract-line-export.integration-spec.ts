import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MirrorScope } from '../../src/contracts/domain/mirror-reader.js';
import { ContractLineRepository } from '../../src/contracts/persistence/contract-line.repository.js';
import { newId } from '../../src/kernel/ids.js';
import { localDate } from '../../src/kernel/local-date.js';
import type { PsaEntity, PsaRecords } from '../../src/ports/psa/psa-records.js';
import { aConnection } from '../support/builders/connection.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import {
  aContract,
  aContractService,
  aContractServiceUnit,
} from '../support/builders/psa-records.builder.js';
import { buildServices } from '../support/builders/services.builder.js';

/** More than two of the pages an export reads. */
const LINES = 2_300;
const PER_CONTRACT = 7;

let installation: TestInstallation;
let scope: MirrorScope;

beforeAll(async () => {
  // One connection to the database is all there is.
  installation = await openInstallation({ poolSize: 1 });
  const { stores, mirror } = buildServices(installation);
  const connection = aConnection();
  await installation.transactions.run((tx) => stores.connections.insert(tx, connection));
  scope = { connectionId: connection.id, internalCurrency: 'EUR' };
  const pullId = newId();
  const store = <E extends PsaEntity>(entity: E, records: PsaRecords[E][]): Promise<unknown> =>
    installation.transactions.run((tx) =>
      mirror.writePage(tx, { connectionId: connection.id, pullId, entity, pageNumber: 0, records }),
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

it('holds no database connection while a slow reader takes the lines, and gives each of them once', async () => {
  const asOf = localDate(
    (
      await installation.query<{ day: string }>(
        'SELECT min(starts_on)::text AS day FROM psa_contract_service_unit',
      )
    )[0]?.day ?? '',
  );
  const lines = new ContractLineRepository(installation.dataSource).all(scope, { asOf });
  const taken: string[] = [];
  for await (const { contract, externalId } of lines) {
    taken.push(`${contract.externalId}/${externalId}`);
    // The reader pauses, and others want the database.
    if (taken.length % 500 === 1) await installation.query('SELECT 1');
  }
  expect(taken).toHaveLength(LINES);
  expect(new Set(taken).size).toBe(LINES);
});
