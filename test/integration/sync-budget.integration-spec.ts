import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PsaRateLimitedError } from '../../src/ports/psa/psa.errors.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aCompany } from '../support/builders/psa-records.builder.js';
import { buildSyncScenario } from '../support/builders/sync-scenario.builder.js';

const HOUR_MS = 3_600_000;
/** Calls of an hour, and how many of them another consumer takes. */
const SHARE = 20;
const OTHERS = 4;
const COMPANIES = 400;

let installation: TestInstallation;

beforeAll(async () => {
  Logger.overrideLogger(false);
  installation = await openInstallation();
});

afterAll(() => installation?.close());

it('finishes a pull larger than the hourly budget within 5 % of the best time, whatever others use of it', async () => {
  const scenario = await buildSyncScenario(installation);
  const { psa, clock } = scenario.services;
  psa.records.companies = Array.from({ length: COMPANIES }, (_, index) =>
    aCompany({ externalId: String(index + 1) }),
  );
  const start = clock.now().getTime();
  const hourOf = () => Math.floor((clock.now().getTime() - start) / HOUR_MS);
  let hour = 0;
  let used = OTHERS;
  psa.beforeRead = () => {
    if (hourOf() !== hour) [hour, used] = [hourOf(), OTHERS];
    if (used >= SHARE) {
      // As the client does before it sends anything.
      const waitMs = (hour + 1) * HOUR_MS - (clock.now().getTime() - start);
      const facts = { context: { budget: 'exhausted' } };
      throw new PsaRateLimitedError('The share of pulls is used up.', Math.ceil(waitMs / 1000), facts);
    }
    used += 1;
    clock.advance(1_000);
  };
  let run = await scenario.execute();
  while (run.state === 'queued') {
    expect(run.wait?.code).toBe('psa.rate_limited');
    clock.advance((run.resumesAt ?? clock.now()).getTime() - clock.now().getTime());
    run = await scenario.execute(run);
  }
  expect(run.state).toBe('succeeded');
  const pages = run.entities.reduce((sum, progress) => sum + progress.pages, 0);
  const perHour = SHARE - OTHERS;
  const fullHours = Math.floor((pages - 1) / perHour);
  const bestMs = fullHours * HOUR_MS + (pages - fullHours * perHour) * 1_000;
  expect(pages).toBeGreaterThan(10 * perHour);
  expect(clock.now().getTime() - start).toBeLessThanOrEqual(bestMs * 1.05);
});
