import type { CurrencyRecord } from '../../ports/psa/psa-records.js';
import { PsaRequestRejectedError } from '../../ports/psa/psa.errors.js';
import { keysetQuery, rowsOf } from '../client/keyset-page.js';
import { CURRENCY_FIELDS, fromAutotaskCurrency } from '../mapping/currency.mapping.js';
import { type AccessCheckRun, signedInClient, type Stop, stopFor } from './access-check-run.js';
import type { Finding, FUNCTIONAL_READS } from './access-checklist.js';
import { SECURITY_LEVEL_SCREEN } from './access-requirements.js';

/**
 * Step `read.{entity}`: reads one row, because restricted visibility shows as an empty page rather than as an error
 * (Autotask REST reference, §4.3). Company 0 is the tenant's own and proves nothing.
 */
export async function readOne(
  run: AccessCheckRun,
  entity: (typeof FUNCTIONAL_READS)[number],
): Promise<Stop | null> {
  const checkId = `read.${entity}`;
  try {
    const answer = await signedInClient(run).query(
      entity,
      keysetQuery(['id'], { after: 0n, upTo: null }, [], 1),
      run.signal,
    );
    run.checklist.settle(checkId, findingOf(entity, rowsOf(entity, answer).length));
    return null;
  } catch (error) {
    if (!(error instanceof PsaRequestRejectedError)) throw error;
    const stop = stopFor(run, checkId, error);
    run.checklist.settle(checkId, { outcome: 'failed', detail: error.detail });
    return stop;
  }
}

function findingOf(entity: string, rowCount: number): Finding {
  if (rowCount > 0) return { outcome: 'passed', detail: `A row of ${entity} was read.` };
  return {
    outcome: 'unknown',
    detail: `The query of ${entity} was allowed but showed no row: there is none, or the API user cannot see any.`,
    remedy: `If there are ${entity}, look in Autotask at ${SECURITY_LEVEL_SCREEN} > ${
      entity === 'Contracts' ? 'Contracts > contract visibility' : 'CRM > company visibility'
    } and at the lines of business assigned to the API user.`,
  };
}

/** Step `currency`: the connection's currency must be active, or be the internal one of a single-currency instance. */
export async function checkCurrency(run: AccessCheckRun): Promise<Stop | null> {
  const answer = await signedInClient(run).query('Currencies', keysetQuery(CURRENCY_FIELDS), run.signal);
  const currencies = rowsOf('Currencies', answer).map(fromAutotaskCurrency);
  const internal = currencies.find(({ isInternal }) => isInternal);
  if (run.instance !== null) run.instance = { ...run.instance, internalCurrency: internal?.code ?? null };
  const wanted = currencies.find(({ code }) => code === run.currency);
  if (wanted !== undefined && (wanted.isActive || (wanted.isInternal && currencies.length === 1))) {
    const detail = `${run.currency} is active${wanted.isInternal ? " and the instance's internal currency" : ''}.`;
    run.checklist.settle('currency', { outcome: 'passed', detail, found: run.currency });
    return null;
  }
  run.checklist.settle('currency', missingCurrency(run.currency, wanted, currencies));
  return { refusal: 'currency_unavailable' };
}

function missingCurrency(
  currency: string,
  wanted: CurrencyRecord | undefined,
  currencies: readonly CurrencyRecord[],
): Finding {
  const active = currencies.filter(({ isActive }) => isActive).map(({ code }) => code);
  const others = active.length === 0 ? 'no currency is' : `active are ${active.join(', ')}`;
  return {
    outcome: 'failed',
    detail:
      wanted === undefined
        ? `The instance has no currency ${currency}; ${others === 'no currency is' ? 'none is visible' : others}.`
        : `The instance has ${currency}, but it is not active; ${others}.`,
    remedy:
      'Choose a currency of the instance, or activate this one in Autotask under Admin > Company Settings & Users > ' +
      'Multi-Currency > Currencies (activating Multi-Currency cannot be undone).',
    ...(active.length === 0 ? {} : { found: active.join(', ') }),
  };
}
