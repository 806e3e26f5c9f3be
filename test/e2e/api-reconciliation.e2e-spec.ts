import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanResponse } from '../../src/billing/http/billing-response.js';
import type { Page } from '../../src/kernel/page.js';
import type { ReportResponse } from '../../src/reconciliation/http/reconciliation-response.js';
import type { Problem } from '../support/api-client.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { billedOn, MONTH } from '../support/billing/independent-month.js';
import { demand } from '../support/billing/scenario-helpers.js';
import type { Line } from '../support/billing/scenario-types.js';
import {
  CHANGES_OF_CLOSED,
  charge,
  finding,
  importBill,
  invoice,
  type Lines,
  linesOf,
  owedSeats,
} from '../support/billing/reconciled-month.js';
import { letDaysPass } from '../support/billing/scenario-clock.js';
import { expectProblem } from '../support/connector.js';
import { DocumentedApi } from '../support/documented-api.js';
import { until } from '../support/until.js';

const ROUTE = '/connections/{id}/reconciliation';

describe('reconciliation of a billing month', () => {
  let scenario: BillingScenario;
  let lines: Lines;
  let path: string;
  let documented: DocumentedApi;

  /** Every answer is held to the API description. */
  const report = async (query = ''): Promise<ReportResponse> =>
    (await documented.call('get', ROUTE, 200, {
      parameters: { id: scenario.connectionId },
      query: `?month=${MONTH.name}&limit=200${query}`,
    })) as unknown as ReportResponse;

  const close = () => scenario.api.post<ReportResponse & Problem>(`${path}/${MONTH.name}/close`);
  const planOf = (findingIds: string[]) =>
    scenario.api.post<{ planId: string; steps: number }>(`${path}/${MONTH.name}/plans`, { findingIds });

  beforeAll(async () => {
    scenario = await BillingScenario.start({ applyMode: 'automatic' });
    path = `/connections/${scenario.connectionId}/reconciliation`;
    documented = new DocumentedApi(scenario.connector);
    lines = await linesOf(scenario);
    await importBill(scenario, lines);
    await charge(scenario, lines.azure, 'usage-11', '123.45');
    await scenario.pullAll();
    // The charges are on their contract before anybody posts it.
    await until('the charges', async () => {
      const { charges } = billedOn(scenario.database, lines.azure.contractId);
      return charges.equals('163.45') ? true : null;
    });
    await scenario.settled(lines.azure);
    // What comes from now on waits until somebody plans it.
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.map(lines.unpushed);
    await scenario.adjustByHand(lines.edited, '2026-11-16', 3);
    for (const line of [lines.changed, lines.azure]) {
      await scenario.control('POST', '/postings', { until: '2026-11-30', contractID: line.contractId });
    }
    await invoice(scenario, lines.changed);
    await charge(scenario, lines.azure, 'late-11', '10.00');
    await scenario.pullAll();
  }, 180_000);

  afterAll(async () => {
    await scenario?.stop();
  });

  it('finds what differs, with money, words and the side it is on', async () => {
    const { changed, edited, azure, unpushed, short } = lines;
    const now = await report();
    expect(now).toMatchObject({ month: MONTH.name, state: 'open', currency: 'EUR', nextCursor: null });
    const kinds = Object.fromEntries(
      now.items.map(({ id, kind, impact }) => [id, `${kind} ${impact.amount}`]),
    );
    expect(kinds).toEqual({
      [`${changed.subscriptionId}/units/matched`]: 'matched 0.00',
      [`${changed.subscriptionId}/bill/matched`]: 'matched 0.00',
      [`${edited.subscriptionId}/units/differentQuantity`]: 'differentQuantity 18.00',
      [`${edited.subscriptionId}/bill/matched`]: 'matched 0.00',
      [`${azure.subscriptionId}/units/matched`]: 'matched 0.00',
      [`${azure.subscriptionId}/charges/differentPrice`]: 'differentPrice -10.00',
      [`${unpushed.subscriptionId}/units/missingInAutotask`]: 'missingInAutotask -18.00',
      [`${unpushed.subscriptionId}/bill/matched`]: 'matched 0.00',
      [`${short.subscriptionId}/units/matched`]: 'matched 0.00',
      [`${short.subscriptionId}/bill/differentQuantity`]: 'differentQuantity -7.00',
      ['sub-nobody-mapped/bill/missingInAutotask']: 'missingInAutotask -15.50',
    });
    const byHand = finding(now, `${edited.subscriptionId}/units/differentQuantity`);
    expect(byHand).toMatchObject({
      customerId: edited.subscriptionId,
      contractId: String(edited.contractId),
      expected: {
        amount: { amount: '48.00', currency: 'EUR' },
        values: [{ from: '2026-11-01', quantity: 4 }],
      },
      actual: {
        amount: { amount: '66.00', currency: 'EUR' },
        values: [
          { from: '2026-11-01', quantity: 4 },
          { from: '2026-11-16', quantity: 7 },
        ],
      },
      isFixable: true,
    });
    expect(byHand.explanation.what).toContain('7 from 2026-11-16');
    expect(byHand.explanation.why).toContain('by hand');
    expect(byHand.explanation.whatToDo).toContain('plan');
  });

  it('adds up to what an independent reckoning gives', async () => {
    const owed = owedSeats();
    // Usage, the reservation less its refund, and the late usage.
    const beside = new Decimal('123.45').plus('60').minus('20').plus('10');
    const expected = Object.values(owed).reduce((sum, amount) => sum.plus(amount), beside);
    const billed = Object.values(lines).map((line: Line) => billedOn(scenario.database, line.contractId));
    const actual = billed.reduce((sum, { units, charges }) => sum.plus(units).plus(charges), new Decimal(0));
    // What Microsoft bills beyond what the platform knows: one seat more, and a subscription that nobody mapped.
    const lostToMicrosoft = new Decimal('7').plus('15.50');
    const { totals } = await report();
    expect(totals.expected.amount).toBe(expected.toFixed(2));
    expect(totals.actual.amount).toBe(actual.toFixed(2));
    expect(totals.net.amount).toBe(actual.minus(expected).minus(lostToMicrosoft).toFixed(2));
    expect(new Decimal(totals.loss.amount).plus(totals.gain.amount).toFixed(2)).toBe(totals.net.amount);
    expect(totals.loss.amount).toBe('-50.50');
    expect(totals.gain.amount).toBe('18.00');
    const kinds = totals.byKind.reduce((sum, { net }) => sum.plus(net.amount), new Decimal(0));
    expect(kinds.toFixed(2)).toBe(totals.net.amount);
    const { items } = (await documented.call('get', `${ROUTE}/customers`, 200, {
      parameters: { id: scenario.connectionId },
      query: `?month=${MONTH.name}`,
    })) as { items: { net: { amount: string } }[] };
    const customers = items.reduce((sum, { net }) => sum.plus(net.amount), new Decimal(0));
    expect(customers.toFixed(2)).toBe(totals.net.amount);
  });

  it('filters, pages and totals what the filter picks', async () => {
    const missing = await report('&kind=missingInAutotask');
    expect(missing.items.map(({ kind }) => kind)).toEqual(['missingInAutotask', 'missingInAutotask']);
    expect(missing.totals).toMatchObject({ findings: 2, net: { amount: '-33.50' } });
    expect((await report(`&customerId=${lines.short.subscriptionId}`)).items).toHaveLength(3);
    expect(
      (await report(`&search=${lines.azure.subscriptionId.toUpperCase()}&stage=charges`)).items,
    ).toHaveLength(1);
    const all = (await report()).items.map(({ id }) => id);
    const paged: string[] = [];
    let cursor = '';
    do {
      const answer = await scenario.api.get<ReportResponse>(`${path}?month=${MONTH.name}&limit=3${cursor}`);
      paged.push(...answer.body.items.map(({ id }) => id));
      cursor = answer.body.nextCursor === null ? '' : `&cursor=${answer.body.nextCursor}`;
    } while (cursor !== '');
    expect(paged).toEqual(all);
  });

  it('exports findings as CSV that a spreadsheet does not compute', async () => {
    const { headers, text } = await scenario.api.get(`${path}/export.csv?month=${MONTH.name}`);
    expect(headers.get('content-disposition')).toContain('reconciliation-2026-11.csv');
    const rows = text.trim().split('\r\n');
    expect(rows).toHaveLength(1 + (await report()).items.length);
    expect(text).toContain(`"'=HYPERLINK(`);
    expect(text).toContain(',-10.00,EUR,');
    expect(text).not.toMatch(/(^|,)"?=/m);
  });

  it('refuses bad months, other tenants and those without the permission', async () => {
    const bad = await scenario.api.get(`${path}?month=2026-13`);
    expectProblem(bad, 422, 'request.invalid');
    expectProblem(
      await scenario.connector.as('reseller').get(`${path}?month=${MONTH.name}`),
      404,
      'connection.not_found',
    );
    expectProblem(
      await scenario.connector.as('reader').get(`${path}?month=${MONTH.name}`),
      403,
      'access.permission_missing',
    );
    expectProblem(
      await scenario.connector.as('reseller').post(`${path}/${MONTH.name}/close`),
      404,
      'connection.not_found',
    );
  });

  it('makes a plan that puts a manual edit right, and that is applied like any other', async () => {
    const { edited } = lines;
    const id = `${edited.subscriptionId}/units/differentQuantity`;
    const made = demand(
      await scenario.api.post<{ planId: string; steps: number }>(`${path}/${MONTH.name}/plans`, {
        findingIds: [id],
      }),
      201,
    );
    const plan = demand(await scenario.api.get<PlanResponse>(`/plans/${made.planId}`), 200);
    // The 16th has an adjustment already, and the PSA takes one a day.
    expect(plan).toMatchObject({
      state: 'draft',
      steps: [
        {
          kind: 'adjustUnits',
          before: { units: 7 },
          after: { units: 4 },
          effectiveOn: '2026-11-17',
          rule: 'reconciliation.correct',
        },
      ],
    });
    demand(await scenario.api.post(`/plans/${plan.id}/apply`, {}), 202);
    await scenario.settled(edited);
    await scenario.pullAll();
    // One day with three seats more is left: 3 x 12.00 / 30.
    expect(finding(await report(), id).impact.amount).toBe('1.20');
  });

  it('makes a plan of what is missing, and of late usage', async () => {
    const { azure, unpushed } = lines;
    const findingIds = [
      `${unpushed.subscriptionId}/units/missingInAutotask`,
      `${azure.subscriptionId}/charges/differentPrice`,
    ];
    const made = await documented.call('post', `${ROUTE}/{month}/plans`, 201, {
      parameters: { id: scenario.connectionId, month: MONTH.name },
      body: { findingIds },
    });
    demand(await scenario.api.post(`/plans/${String(made['planId'])}/apply`, {}), 202);
    await scenario.settled(unpushed);
    await scenario.settled(azure);
    await scenario.pullAll();
    const now = await report();
    expect(finding(now, `${unpushed.subscriptionId}/units/matched`).impact.amount).toBe('0.00');
    expect(finding(now, `${azure.subscriptionId}/charges/matched`).actual?.amount?.amount).toBe('173.45');
  });

  it('plans nothing of what only people can put right, or of what is not there', async () => {
    expectProblem(
      await planOf([`${lines.short.subscriptionId}/bill/differentQuantity`]),
      422,
      'reconciliation.not_fixable',
    );
    expectProblem(await planOf(['nothing/units/matched']), 404, 'reconciliation.finding_not_found');
    expectProblem(await planOf([]), 422, 'request.invalid');
  });

  describe('closed', () => {
    let before: ReportResponse;
    let early: Awaited<ReturnType<typeof close>>;
    let answer: object;

    beforeAll(async () => {
      early = await close();
      letDaysPass(7);
      before = await report();
      answer = await documented.call('post', `${ROUTE}/{month}/close`, 200, {
        parameters: { id: scenario.connectionId, month: MONTH.name },
      });
    });

    it('is so only when it is over, with what was shown before', () => {
      expectProblem(early, 409, 'reconciliation.month_not_over');
      expect(answer).toMatchObject({
        state: 'closed',
        closedBy: { id: 'admin' },
        totals: before.totals,
      });
    });

    it('answers what was closed, and is not closed twice', async () => {
      const after = await report();
      expect(after).toMatchObject({ state: 'closed', changesSinceClosing: { count: 0 } });
      expect(after.items).toEqual(before.items);
      expectProblem(
        await scenario.api.post(`${path}/${MONTH.name}/close`),
        409,
        'reconciliation.month_closed',
      );
      const entries = await scenario.api.get<Page<{ outcome: string; details: Record<string, unknown> }>>(
        '/audit-entries?operation=Close%20Billing%20Month',
      );
      expect(entries.body.items.map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded', 'failed']);
      expect(entries.body.items[1]?.details).toMatchObject({
        month: MONTH.name,
        actual: before.totals.actual.amount,
      });
    });

    it('stays as it is, and says what has changed since', async () => {
      await charge(scenario, lines.azure, 'very-late-11', '5.00');
      const after = await report();
      expect(after.items).toEqual(before.items);
      expect(after.totals).toEqual(before.totals);
      expect(after.changesSinceClosing).toMatchObject({
        count: 2,
        impact: { amount: '-5.00', currency: 'EUR' },
        items: [
          { before: null, now: { kind: 'differentPrice', impact: { amount: '-5.00' } } },
          { before: { kind: 'matched', impact: { amount: '0.00' } }, now: null },
        ],
      });
    });

    it.each(CHANGES_OF_CLOSED)('is refused by the database to be changed: %s', async (sql) => {
      await expect(scenario.connector.rows(sql)).rejects.toThrow('immutable');
    });
  });
});
