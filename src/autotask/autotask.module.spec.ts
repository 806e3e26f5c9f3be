import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import {
  CLOCK_AT_NOON,
  CREDENTIALS,
  optionsFor,
  startScriptedAutotask,
} from '../../test/contract/scripted-autotask.js';
import { currencyCode } from '../kernel/currency.js';
import { CLOCK } from '../ports/host/clock.port.js';
import { DEFAULT_AUTOTASK_OPTIONS } from './autotask-options.js';
import { AutotaskAdapter } from './autotask.adapter.js';
import { AutotaskModule } from './autotask.module.js';

@Global()
@Module({ providers: [{ provide: CLOCK, useValue: CLOCK_AT_NOON }], exports: [CLOCK] })
class ClockModule {
  readonly isHere = true;
}

describe('the Autotask module', () => {
  it('provides the adapter and closes it with the application', async () => {
    const server = await startScriptedAutotask();
    const app = await Test.createTestingModule({
      imports: [ClockModule, AutotaskModule.forRootAsync({ useFactory: () => optionsFor(server) })],
    }).compile();
    const adapter = app.get(AutotaskAdapter);
    const request = { credentials: CREDENTIALS, currency: currencyCode('EUR') };
    expect((await adapter.checkAccess(request)).report.outcome).toBe('passed');
    await app.close();
    expect((await adapter.checkAccess(request)).interruption).toMatchObject({
      code: 'psa.unreachable',
      context: { errorCode: expect.stringMatching(/UND_ERR_(CLOSED|DESTROYED)/) },
    });
    await server.stop();
  });
});

describe('the Autotask adapter', () => {
  it.each([
    ['HOSTDEFAULT', false],
    [undefined, true],
  ])(
    'with the host default %j asks for a tracking identifier as required: %s',
    async (integrationCode, isRequired) => {
      const adapter = new AutotaskAdapter({ ...DEFAULT_AUTOTASK_OPTIONS, integrationCode }, CLOCK_AT_NOON);
      expect(adapter.kind).toBe('autotask');
      expect(
        adapter.credentialFields().map(({ name, isSecret, isRequired }) => [name, isSecret, isRequired]),
      ).toEqual([
        ['username', false, true],
        ['secret', true, true],
        ['integrationCode', true, isRequired],
      ]);
      await adapter.close();
    },
  );
});
