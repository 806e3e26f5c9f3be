import { describe, expect, it } from 'vitest';
import { currencyCode } from '../../kernel/currency.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { marginPrice } from './margin-price.js';
import type { MarginRule } from './margin-rule.js';

const EUR = currencyCode('EUR');
const rule = (changes: Partial<MarginRule>): MarginRule => ({
  id: 'rule',
  scope: { customerId: null, productId: null, skuId: null, kind: null },
  method: 'markupOnList',
  percent: new MoneyDecimal(10),
  promotions: 'passOn',
  isNotAboveErp: false,
  isNotBelowList: false,
  minUnitPrice: null,
  maxUnitPrice: null,
  ...changes,
});
const basis = (list: string, erp: string | null, promotion = '0') => ({
  list: new MoneyDecimal(list),
  erp: erp === null ? null : new MoneyDecimal(erp),
  promotionShare: new MoneyDecimal(promotion),
});

describe('a margin rule', () => {
  it.each([
    ['a markup on list', rule({}), basis('8.40', '10.50'), '9.24', null, []],
    ['ERP less a discount', rule({ method: 'erpMinusDiscount' }), basis('8.40', '10.50'), '9.45', null, []],
    [
      'a split margin',
      rule({ method: 'splitMargin', percent: new MoneyDecimal(50) }),
      basis('8.40', '10.50'),
      '9.45',
      null,
      [],
    ],
    // CloudCockpit's own example, from 2026-04-06: 10.50, 8.40 after 20 %, 7.56 after a further 10 %.
    [
      'a promotion passed on with a discount on top',
      rule({ method: 'erpMinusDiscount' }),
      basis('8.40', '10.50', '0.2'),
      '7.56',
      null,
      ['promotion_discounts_twice'],
    ],
    [
      'a promotion that is kept',
      rule({ method: 'erpMinusDiscount', promotions: 'keep' }),
      basis('8.40', '10.50', '0.2'),
      '9.45',
      null,
      [],
    ],
    ['a promotion passed on with a markup', rule({}), basis('8.40', '10.50', '0.2'), '7.39', null, []],
    [
      'a markup not above ERP',
      rule({ percent: new MoneyDecimal(40), isNotAboveErp: true }),
      basis('8.40', '10.50'),
      '10.50',
      'erp',
      [],
    ],
    [
      'a discount not below list',
      rule({ method: 'erpMinusDiscount', percent: new MoneyDecimal(30), isNotBelowList: true }),
      basis('8.40', '10.50'),
      '8.40',
      'list',
      [],
    ],
    [
      'the least price',
      rule({ minUnitPrice: new MoneyDecimal(12) }),
      basis('8.40', null),
      '12.00',
      'minUnitPrice',
      [],
    ],
    [
      'a discount without an ERP price',
      rule({ method: 'erpMinusDiscount' }),
      basis('8.40', null),
      '7.56',
      null,
      ['erp_price_missing', 'price_below_cost'],
    ],
    [
      'bounds that contradict each other',
      rule({ isNotBelowList: true, maxUnitPrice: new MoneyDecimal(5) }),
      basis('8.40', null),
      '5.00',
      'maxUnitPrice',
      ['limits_contradict', 'price_below_cost'],
    ],
  ] as const)('makes a price: %s', (_, given, of, price, limitedBy, warnings) => {
    const made = marginPrice(given, of, EUR);
    expect([made.unitPrice.toFixed(2), made.limitedBy, made.warnings]).toEqual([price, limitedBy, warnings]);
  });
});
