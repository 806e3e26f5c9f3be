import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MoneyDecimal } from '../../kernel/money.js';
import { found, line, row, state } from '../../../test/support/builders/reconciliation-facts.builder.js';

const priceOf = (cents: number) => new MoneyDecimal(cents).div(100).toFixed(2);

describe('reconcileMonth', () => {
  it('moves exactly what both sides differ by, whatever the seats, prices and days are', () => {
    const changes = fc
      .uniqueArray(
        fc.record({ from: fc.integer({ min: 1, max: 30 }), units: fc.nat(20), cents: fc.nat(5_000) }),
        {
          selector: ({ from }) => from,
          maxLength: 6,
        },
      )
      .map((all) => all.toSorted((left, right) => left.from - right.from));
    // Three thirds of a half cent that add up to it.
    const halfACent = [
      [
        { from: 1, units: 2, cents: 3495 },
        { from: 16, units: 17, cents: 1435 },
      ],
      [
        { from: 24, units: 0, cents: 0 },
        { from: 26, units: 0, cents: 0 },
      ],
    ] as const;
    fc.assert(
      fc.property(changes, changes, (wanted, there) => {
        const states = wanted.map(({ from, units, cents }) => state(from, units, priceOf(cents)));
        const rows = there.map(({ from, units, cents }, index) =>
          row(from, (there[index + 1]?.from ?? 31) - 1, units, priceOf(cents)),
        );
        const findings = found({ expected: { states }, line: line(rows) });
        const impact = findings.reduce((sum, finding) => sum.plus(finding.impact), new MoneyDecimal(0));
        const owedOf3000 = wanted.reduce((sum, { from, units, cents }, index) => {
          const days = (wanted[index + 1]?.from ?? 31) - from;
          return sum.plus(new MoneyDecimal(cents).times(units).times(days));
        }, new MoneyDecimal(0));
        const owed = owedOf3000.div(3000);
        const billed = rows.reduce((sum, { price }) => sum.plus(price ?? 0), new MoneyDecimal(0));
        expect(impact.toFixed(2)).toBe(billed.toDecimalPlaces(2).minus(owed.toDecimalPlaces(2)).toFixed(2));
        const amounts = findings.reduce(
          (sum, { expectedAmount }) => sum.plus(expectedAmount ?? 0),
          new MoneyDecimal(0),
        );
        // Where there are no seats on either side, nothing is found and nothing is owed.
        expect(amounts.toFixed(2)).toBe(findings.length === 0 ? '0.00' : owed.toFixed(2));
      }),
      { examples: [[[...halfACent[0]], [...halfACent[1]]]] },
    );
  });
});
