import { describe } from 'vitest';
import { accessCheckContract } from './psa-access-check.contract.js';
import type { PsaAdapterHarness } from './psa-adapter-harness.js';
import { sessionFaultContract } from './psa-session-faults.contract.js';
import { sessionContract } from './psa-session.contract.js';

/** What every `PsaAdapter` has to do, whatever the vendor. */
export function psaAdapterContract(vendor: string, start: () => Promise<PsaAdapterHarness>): void {
  describe(`${vendor}: access check`, () => {
    accessCheckContract(start);
  });
  describe(`${vendor}: session`, () => {
    sessionContract(start);
  });
  describe(`${vendor}: session under failures`, () => {
    sessionFaultContract(start);
  });
}
