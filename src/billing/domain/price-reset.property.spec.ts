import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VendorContract } from '../../../test/support/billing/vendor-model.js';
import { currencyCode } from '../../kernel/currency.js';
import { localDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import type { BillingLine } from './billing-line.js';
import type { ChargeNeed } from './charge-needs.js';
import { planPriceReset } from './price-reset.js';

const EUR = currencyCode('EUR');
const TODAY = localDate('2026-11-25');
const MONTHS = ['01', '02', '03', '04', '05'];
const LINE: BillingLine = {
  id: 'line',
  connectionId: 'connection',
  tenantId: 'tenant',
  subscriptionId: 'plan',
  contractExternalId: '7',
  serviceExternalId: '9',
  isMapped: true,
  lineExternalId: '9001',
  known: null,
};
const amount = fc.integer({ min: 1, max: 9_000_000 }).map((cents) => new MoneyDecimal(cents).dividedBy(100));
const need = (month: string, price: MoneyDecimal): ChargeNeed => ({
  key: `charge/${month}`,
  item: null,
  line: LINE,
  month: localDate(`2026-${month}-01`),
  price,
  cost: price.dividedBy(2).toDecimalPlaces(2),
  total: { price, cost: price },
});

function vendor() {
  const contract = new VendorContract('7', localDate('2026-01-01'), localDate('2026-12-31'), 'monthly');
  const line = contract.addLine('9', 0, 0);
  contract.adjust(line, localDate('2026-01-01'), 1);
  return { contract, line };
}

type Vendor = ReturnType<typeof vendor>;

function bill({ contract }: Vendor, needs: readonly ChargeNeed[]) {
  const state = contract.state(TODAY);
  const [own] = state.lines;
  if (own === undefined) throw new Error('no line');
  const plan = planPriceReset(LINE, state, own, needs, EUR);
  for (const step of plan.steps) contract.apply(step);
  return plan;
}

function billedIn({ contract }: Vendor, month: string): string {
  const units = contract.state(TODAY).lines[0]?.units ?? [];
  return units
    .filter(({ startsOn }) => startsOn.startsWith(`2026-${month}`))
    .reduce((sum, { price }) => sum.plus(price ?? 0), new MoneyDecimal(0))
    .toFixed(2);
}

describe('the price of a month', () => {
  it('makes each month come to its amount to the cent, and no other month to anything', () => {
    const reports = fc.array(fc.record({ month: fc.constantFrom(...MONTHS), price: amount }), {
      maxLength: 9,
    });
    fc.assert(
      fc.property(reports, (given) => {
        const world = vendor();
        const totals = new Map<string, MoneyDecimal>();
        for (const { month, price } of given) {
          expect(bill(world, [need(month, price)])).toMatchObject({ refusals: [], left: [] });
          totals.set(month, price.plus(totals.get(month) ?? 0));
        }
        for (const month of [...MONTHS, '06', '07', '12']) {
          expect([month, billedIn(world, month)]).toEqual([
            month,
            (totals.get(month) ?? new MoneyDecimal(0)).toFixed(2),
          ]);
        }
      }),
    );
  });

  it('is set on day 1 and taken back on day 1 of the next month where nothing stands in the way', () => {
    const world = vendor();
    const { steps } = bill(world, [need('02', new MoneyDecimal('99.99'))]);
    expect(
      steps.map(({ rule, effectiveOn, after }) => [rule, effectiveOn, after.unitPrice?.toFixed()]),
    ).toEqual([
      ['azure.monthPrice', '2026-02-01', '99.99'],
      ['azure.resetPrice', '2026-03-01', '0'],
    ]);
  });

  it('sets two months at once without a reset between them', () => {
    const world = vendor();
    const { steps } = bill(world, [need('02', new MoneyDecimal(10)), need('03', new MoneyDecimal(20))]);
    expect(steps.map(({ rule }) => rule).filter((rule) => rule === 'azure.resetPrice')).toHaveLength(1);
    expect(['02', '03', '04'].map((month) => billedIn(world, month))).toEqual(['10.00', '20.00', '0.00']);
  });

  it('leaves a posted month to a charge', () => {
    const world = vendor();
    world.contract.post(world.line, localDate('2026-02-01'));
    const given = need('02', new MoneyDecimal(10));
    expect(bill(world, [given])).toEqual({ steps: [], refusals: [], left: [given] });
  });

  it('is set from the day after the plan was bought, and a month without a unit is left to a charge', () => {
    const contract = new VendorContract('7', localDate('2026-01-01'), localDate('2026-12-31'), 'monthly');
    const line = contract.addLine('9', 0, 0);
    contract.adjust(line, localDate('2026-03-11'), 1);
    const world = { contract, line };
    const early = need('02', new MoneyDecimal(5));
    const plan = bill(world, [early, need('03', new MoneyDecimal(10)), need('04', new MoneyDecimal(20))]);
    expect(plan).toMatchObject({ refusals: [], left: [early] });
    expect(plan.steps.map(({ effectiveOn }) => effectiveOn)).toEqual([
      '2026-03-12',
      '2026-04-01',
      '2026-05-01',
    ]);
    expect(['02', '03', '04', '05'].map((month) => billedIn(world, month))).toEqual([
      '0.00',
      '10.00',
      '20.00',
      '0.00',
    ]);
  });

  it('that is refused takes no other month along, unless that could not be taken back', () => {
    const world = vendor();
    world.contract.adjust(world.line, localDate('2026-04-01'), 1);
    world.contract.adjust(world.line, localDate('2026-05-01'), -1);
    const months = ['01', '03', '04', '05'].map((month) => need(month, new MoneyDecimal(10)));
    const { refusals } = bill(world, months);
    expect(refusals.map(({ settles }) => settles?.month)).toEqual(['2026-04-01', '2026-03-01']);
    expect(MONTHS.map((month) => billedIn(world, month))).toEqual(['10.00', '0.00', '0.00', '0.00', '10.00']);
  });
});
