import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditVerification } from '../../src/audit/application/audit-verification.service.js';
import { SharedVerifications } from '../../src/audit/application/shared-verifications.service.js';
import { trustedKeysOf } from '../../src/audit/domain/audit-checkpoint.js';
import { AuditChainRepository } from '../../src/audit/persistence/audit-chain.repository.js';
import { ChainSegmentRepository } from '../../src/audit/persistence/chain-segment.repository.js';
import { CheckpointRepository } from '../../src/audit/persistence/checkpoint.repository.js';
import { makeChain, storeChain } from '../support/builders/audit-chain.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';

let installation: TestInstallation;
let shared: SharedVerifications;
let verified: string[];
let lock: pg.Client;

beforeEach(async () => {
  installation = await openInstallation();
  const { dataSource } = installation;
  for (const tenantId of ['one', 'two', 'three']) await storeChain(installation, makeChain(tenantId, 5));
  const verification = new AuditVerification(
    new AuditChainRepository(dataSource),
    new CheckpointRepository(dataSource),
    new ChainSegmentRepository(dataSource),
    trustedKeysOf(null),
  );
  verified = [];
  const real = verification.verify.bind(verification);
  vi.spyOn(verification, 'verify').mockImplementation((tenantId, signal) => {
    verified.push(tenantId);
    return real(tenantId, signal);
  });
  shared = new SharedVerifications(verification);
  // Entries cannot be read while it is held, so that a verification lasts as long as a test wants.
  lock = new pg.Client(installation.settings.database.url);
  await lock.connect();
  await lock.query(`BEGIN; LOCK TABLE psa_connector.audit_entry IN ACCESS EXCLUSIVE MODE`);
});

afterEach(async () => {
  await lock?.end();
  await installation?.close();
});

const somebody = () => new AbortController();
const ask = (tenantId: string, { signal } = somebody()) => shared.verify(tenantId, signal);

describe('verifying for whoever asks', () => {
  it('is done once for all who ask of one tenant, and anew for the next', async () => {
    const all = Promise.all([ask('one'), ask('one'), ask('one')]);
    await lock.query('COMMIT');
    const [first, ...others] = await all;
    expect(first).toMatchObject({ isIntact: true, verified: 5 });
    for (const other of others) expect(other).toBe(first);
    expect(await ask('one')).toMatchObject({ isIntact: true, verified: 5 });
    expect(verified).toEqual(['one', 'one']);
  });

  it('takes on two tenants and tells a third when to come back', async () => {
    const all = Promise.all([ask('one'), ask('two'), ask('one')]);
    const refused = { code: 'audit.verification_busy', extensions: { retryAfterSeconds: 30 } };
    await expect(ask('three')).rejects.toMatchObject(refused);
    await lock.query('COMMIT');
    await all;
    expect(await ask('three')).toMatchObject({ isIntact: true });
    expect(verified).toEqual(['one', 'two', 'three']);
  });

  it('goes on while somebody waits', async () => {
    const impatient = somebody();
    const given = ask('one', impatient);
    const patient = ask('one');
    impatient.abort(new Error('gone'));
    await lock.query('COMMIT');
    await expect(given).rejects.toThrow('gone');
    expect(await patient).toMatchObject({ isIntact: true, verified: 5 });
  });

  it('is stopped when nobody waits any more, and then counts until it has ended', async () => {
    const [first, second] = [somebody(), somebody()];
    const given = [ask('one', first), ask('one', second)];
    const other = ask('two');
    first.abort(new Error('gone'));
    second.abort(new Error('gone too'));
    await expect(ask('one')).rejects.toMatchObject({ code: 'audit.verification_busy' });
    await lock.query('COMMIT');
    for (const one of given) await expect(one).rejects.toThrow('gone');
    await other;
    expect(await ask('one')).toMatchObject({ isIntact: true, verified: 5 });
    expect(verified).toEqual(['one', 'two', 'one']);
  });

  it('is not begun for somebody who has gone', async () => {
    const gone = somebody();
    gone.abort(new Error('gone'));
    await expect(ask('one', gone)).rejects.toThrow('gone');
    expect(verified).toEqual([]);
  });
});
