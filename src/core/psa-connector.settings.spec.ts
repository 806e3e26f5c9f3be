import { describe, expect, it } from 'vitest';
import type { PsaConnectorModuleOptions } from './psa-connector.options.js';
import { InvalidOptionsError, resolveSettings } from './psa-connector.settings.js';

const DATABASE = { url: 'postgres://user:pw@db.example:5432/app' };

describe('resolveSettings', () => {
  it('fills in the documented defaults', () => {
    const settings = resolveSettings({ database: DATABASE });
    expect(settings.database).toMatchObject({ schema: 'psa_connector', poolSize: 10, migrate: 'onStart' });
    expect(settings.autotask.discoveryUrl).toBe('https://webservices.autotask.net/atservicesrest');
    expect(settings.autotask).toMatchObject({ slotReleaseMs: 0, pullShare: 0.8, pacesPulls: true });
    expect(settings.schedules).toEqual({
      syncCron: '*/15 * * * *',
      sweepCron: '40 2 * * *',
      checkCron: '20 3 * * *',
      auditCron: '*/5 * * * *',
    });
    expect(settings.sync).toMatchObject({ slots: 4, longSlots: 2, spreadSeconds: 900, runRetentionDays: 30 });
  });

  it('names every problem in one error, without the database password', () => {
    const options: PsaConnectorModuleOptions = {
      database: { url: 'mysql://user:topsecret@db/app', schema: 'Psa-Connector', poolSize: 1 },
      autotask: { discoveryUrl: 'ftp://x', allowedHosts: ['no-port'], slotReleaseMs: -1, pullShare: 80 },
      schedules: { syncCron: 'whenever', sweepCron: 'never' },
      sync: { slots: 0 },
      adminUi: { stylesheet: 'a'.repeat(100_001) },
    };
    const error = (() => {
      try {
        return resolveSettings(options);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(InvalidOptionsError);
    const { detail } = error as InvalidOptionsError;
    for (const name of [
      'url',
      'schema',
      'poolSize',
      'discoveryUrl',
      'allowedHosts',
      'slotReleaseMs',
      'pullShare',
      'syncCron',
      'sweepCron',
      'slots',
      'stylesheet',
    ]) {
      expect(detail).toContain(name);
    }
    expect(detail).not.toContain('topsecret');
  });

  it('says that the database address is missing', () => {
    expect(() => resolveSettings({} as PsaConnectorModuleOptions)).toThrow(/database\.url is missing/);
  });
});
