import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyCode, currencyDigits } from '../../kernel/currency.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { marginPrice, marginTotals, type PriceBasis } from './margin-price.js';
import { MARGIN_KINDS, MARGIN_METHODS, type MarginRule, PROMOTION_POLICIES, ruleFor } from './margin-rule.js';

const decimal = (max: number, digits: number) =>
  fc
    .integer({ min: 0, max: max * 10 ** digits })
    .map((whole) => new MoneyDecimal(whole).dividedBy(10 ** digits));
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF').map(currencyCode);
const basis: fc.Arbitrary<PriceBasis> = fc.record({
  list: decimal(5_000, 6),
  erp: orNull(decimal(6_000, 6)),
  promotionShare: decimal(1, 4),
});
const rule: fc.Arbitrary<MarginRule> = fc.record({
  id: fc.constant('rule'),
  scope: fc.constant({ customerId: null, productId: null, skuId: null, kind: null }),
  method: fc.constantFrom(...MARGIN_METHODS),
  percent: decimal(100, 3),
  promotions: fc.constantFrom(...PROMOTION_POLICIES),
  isNotAboveErp: fc.boolean(),
  isNotBelowList: fc.boolean(),
  minUnitPrice: orNull(decimal(3_000, 0)),
  maxUnitPrice: orNull(decimal(6_000, 0)),
});

describe('a margin price', () => {
  it('has the decimals of its currency, is never negative, and lies within fixed bounds', () => {
    fc.assert(
      fc.property(rule, basis, currency, (given, of, code) => {
        const { unitPrice } = marginPrice(given, of, code);
        expect(unitPrice.decimalPlaces()).toBeLessThanOrEqual(currencyDigits(code));
        expect(unitPrice.isNegative()).toBe(false);
        const highest = given.maxUnitPrice ?? unitPrice;
        const lowest = MoneyDecimal.min(given.minUnitPrice ?? 0, highest);
        expect(unitPrice.lessThanOrEqualTo(highest)).toBe(true);
        expect(unitPrice.greaterThanOrEqualTo(lowest)).toBe(true);
      }),
    );
  });

  it('never falls when the percentage of a markup rises', () => {
    fc.assert(
      fc.property(rule, basis, currency, decimal(50, 2), (given, of, code, more) => {
        const markup: MarginRule = { ...given, method: 'markupOnList' };
        const higher = { ...markup, percent: markup.percent.plus(more) };
        const [low, high] = [markup, higher].map((each) => marginPrice(each, of, code).unitPrice);
        expect(high?.greaterThanOrEqualTo(low ?? 0)).toBe(true);
      }),
    );
  });

  it('lies between list and ERP price when the margin is split and nothing bounds it', () => {
    fc.assert(
      fc.property(rule, basis, currency, (given, of, code) => {
        const split: MarginRule = {
          ...given,
          method: 'splitMargin',
          promotions: 'keep',
          isNotAboveErp: false,
          isNotBelowList: false,
          minUnitPrice: null,
          maxUnitPrice: null,
        };
        const { unitPrice } = marginPrice(split, of, code);
        const erp = of.erp ?? of.list;
        const coin = new MoneyDecimal(10).pow(-currencyDigits(code));
        expect(unitPrice.greaterThanOrEqualTo(MoneyDecimal.min(of.list, erp).minus(coin))).toBe(true);
        expect(unitPrice.lessThanOrEqualTo(MoneyDecimal.max(of.list, erp).plus(coin))).toBe(true);
      }),
    );
  });

  it('is rounded once: it is the exact price to within half a coin', () => {
    fc.assert(
      fc.property(basis, decimal(100, 3), currency, (of, percent, code) => {
        const markup: MarginRule = {
          id: 'rule',
          scope: { customerId: null, productId: null, skuId: null, kind: null },
          method: 'markupOnList',
          percent,
          promotions: 'keep',
          isNotAboveErp: false,
          isNotBelowList: false,
          minUnitPrice: null,
          maxUnitPrice: null,
        };
        const exact = of.list.times(percent.plus(100)).dividedBy(100);
        const half = new MoneyDecimal(10).pow(-currencyDigits(code)).dividedBy(2);
        expect(marginPrice(markup, of, code).unitPrice.minus(exact).abs().lessThanOrEqualTo(half)).toBe(true);
      }),
    );
  });

  it('warns of a second discount exactly where a promotion is passed on and the rule discounts', () => {
    fc.assert(
      fc.property(rule, basis, currency, (given, of, code) => {
        const discounts =
          (given.method === 'erpMinusDiscount' && given.percent.greaterThan(0)) ||
          (given.method === 'splitMargin' && given.percent.lessThan(100));
        const expected = given.promotions === 'passOn' && of.promotionShare.greaterThan(0) && discounts;
        expect(marginPrice(given, of, code).warnings.includes('promotion_discounts_twice')).toBe(expected);
      }),
    );
  });

  it('adds up: the totals of parts are the total of the whole', () => {
    fc.assert(
      fc.property(
        decimal(900, 2),
        decimal(900, 6),
        fc.nat(500),
        fc.nat(500),
        (unitPrice, unitCost, one, other) => {
          const of = (quantity: number) => marginTotals({ unitPrice, unitCost }, new MoneyDecimal(quantity));
          const [left, right, whole] = [of(one), of(other), of(one + other)];
          for (const name of ['price', 'cost', 'margin'] as const) {
            expect(left[name].plus(right[name]).equals(whole[name])).toBe(true);
          }
          expect(whole.price.minus(whole.cost).equals(whole.margin)).toBe(true);
        },
      ),
    );
  });
});

describe('the rule for something', () => {
  const name = fc.constantFrom('a', 'b');
  const scope = fc
    .record({
      customerId: orNull(name),
      productId: orNull(name),
      skuId: orNull(name),
      kind: orNull(fc.constantFrom(...MARGIN_KINDS)),
    })
    .map((given) => (given.productId === null ? { ...given, skuId: null } : given));

  it('does not depend on the order of the rules, and is one that fits', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(scope, { selector: (given) => JSON.stringify(given), maxLength: 12 }),
        rule,
        fc.record({ customerId: name, productId: name, skuId: name, kind: fc.constantFrom(...MARGIN_KINDS) }),
        (scopes, template, subject) => {
          const rules = scopes.map((each, index) => ({ ...template, id: String(index), scope: each }));
          const found = ruleFor(rules, subject);
          expect(ruleFor(rules.toReversed(), subject)?.id).toBe(found?.id);
          const named = Object.entries(found?.scope ?? {}).filter(([, value]) => value !== null);
          expect(subject).toMatchObject(Object.fromEntries(named));
        },
      ),
    );
  });
});
