import {
  jsonAnswer,
  jsonBody,
  objectOf,
  type OpenApiFragment,
  openApiTypes as types,
  PAGE_PARAMETERS,
  pageOf,
  pathParameter,
  problems,
  ref,
  type Schema,
} from '../../platform/http/openapi.js';

const TAGS = ['Margins'];
const ID = [pathParameter('id')];
const RULE = [...ID, pathParameter('ruleId')];
const EXTERNAL_ID: Schema = { type: 'string', pattern: '^[!-~]{1,100}$' };
const PERCENT: Schema = { type: 'string', pattern: String.raw`^\d{1,4}(\.\d{1,6})?$` };
const AMOUNT: Schema = { type: 'string', pattern: String.raw`^\d{1,12}(\.\d{1,4})?$` };
const MEMBERS = {
  method: types.oneOf('markupOnList', 'erpMinusDiscount', 'splitMargin'),
  percent: PERCENT,
  customerId: types.nullable(EXTERNAL_ID),
  productId: types.nullable(EXTERNAL_ID),
  skuId: types.nullable(EXTERNAL_ID),
  kind: types.nullable(types.oneOf('license', 'usage', 'oneTime', 'fee', 'reservation')),
  promotions: types.oneOf('passOn', 'keep'),
  notAboveErp: types.flag,
  notBelowList: types.flag,
  minUnitPrice: types.nullable(AMOUNT),
  maxUnitPrice: types.nullable(AMOUNT),
};
const PERSON = objectOf({ id: types.text, name: types.text });
const WARNING = types.oneOf(
  'promotion_discounts_twice',
  'erp_price_missing',
  'limits_contradict',
  'price_below_cost',
);

export const MARGIN_OPENAPI: OpenApiFragment = {
  paths: {
    '/connections/{id}/margin-rules': {
      get: {
        operationId: 'listMarginRules',
        summary: 'How prices are made, in ascending order of id; all in one page',
        tags: TAGS,
        parameters: ID,
        responses: { 200: jsonAnswer('Every rule', pageOf('MarginRule')), ...problems(401, 403, 404) },
      },
    },
    '/connections/{id}/margin-rules/{ruleId}': {
      put: {
        operationId: 'putMarginRule',
        summary: 'Make or replace a rule; amounts decided before stay as they are',
        tags: TAGS,
        parameters: RULE,
        requestBody: jsonBody(ref('MarginRuleValues')),
        responses: {
          200: jsonAnswer('The rule as it is now', ref('MarginRule')),
          201: jsonAnswer('The rule is new', ref('MarginRule')),
          ...problems(400, 401, 403, 404, 409, 422),
        },
      },
      delete: {
        operationId: 'removeMarginRule',
        summary: 'Remove a rule',
        tags: TAGS,
        parameters: RULE,
        responses: { 204: { description: 'Removed' }, ...problems(401, 403, 404) },
      },
    },
    '/connections/{id}/margin-prices': {
      get: {
        operationId: 'listMarginPrices',
        summary:
          'What mapped subscriptions cost by the platform and by the rules, with what is doubtful about it',
        tags: TAGS,
        parameters: [...ID, ...PAGE_PARAMETERS],
        responses: { 200: jsonAnswer('A page', pageOf('MarginPrice')), ...problems(401, 403, 404, 422) },
      },
    },
  },
  schemas: {
    MarginRuleValues: objectOf(
      MEMBERS,
      Object.keys(MEMBERS).filter((name) => name !== 'method' && name !== 'percent'),
    ),
    MarginRule: objectOf({ id: types.text, ...MEMBERS, updatedAt: types.instant, updatedBy: PERSON }),
    MarginPrice: objectOf({
      subscriptionId: types.text,
      customerId: types.text,
      quantity: types.count,
      unitPrice: ref('Money'),
      unitCost: ref('Money'),
      internalUnitCost: types.nullable(ref('Money')),
      exchangeRate: types.nullableText,
      rule: types.nullable(
        objectOf({
          id: types.text,
          unitPrice: ref('Money'),
          promotionPercent: types.text,
          limitedBy: types.nullable(types.oneOf('erp', 'list', 'minUnitPrice', 'maxUnitPrice')),
          warnings: types.listOf(WARNING),
        }),
      ),
      totals: objectOf({ price: ref('Money'), cost: ref('Money'), margin: types.nullable(ref('Money')) }),
    }),
  },
};
