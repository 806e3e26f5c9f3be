import {
  jsonAnswer,
  jsonBody,
  objectOf,
  type OpenApiFragment,
  openApiTypes as types,
  PAGE_PARAMETERS,
  pathParameter,
  problems,
  queryParameter,
  ref,
  type Schema,
} from '../../platform/http/openapi.js';
import { FINDING_KINDS, FINDING_STAGES } from '../domain/finding.js';

const TAGS = ['Billing reconciliation'];
const MONTH: Schema = { type: 'string', pattern: String.raw`^\d{4}-(0[1-9]|1[0-2])$`, examples: ['2026-11'] };
const MONTH_PARAMETER: Schema = {
  ...queryParameter('month', MONTH),
  description: 'Default: the month before the present one in UTC',
};
const TEXT: Schema = { type: 'string', minLength: 1, maxLength: 200 };
const FILTERS: readonly Schema[] = [
  MONTH_PARAMETER,
  queryParameter('kind', types.oneOf(...FINDING_KINDS)),
  queryParameter('stage', types.oneOf(...FINDING_STAGES)),
  queryParameter('customerId', TEXT),
  { ...queryParameter('search', TEXT), description: 'Anywhere in customer, title or subscription id' },
];
const MONEY = ref('Money');
const IMPACT = { findings: types.count, loss: MONEY, gain: MONEY, net: MONEY };
const HEAD = {
  connectionId: types.id,
  month: MONTH,
  state: types.oneOf('open', 'closed'),
  currency: types.text,
  computedAt: types.instant,
  closedAt: types.instant,
  closedBy: objectOf({ id: types.text, name: types.text }),
};
const OPTIONAL_HEAD = ['closedAt', 'closedBy'];
const KIND = types.oneOf(...FINDING_KINDS);
const SIDE_OF_CHANGE = types.nullable(objectOf({ kind: KIND, impact: MONEY, actual: types.nullable(MONEY) }));
const VALUE = types.nullable(
  objectOf({
    amount: types.nullable(MONEY),
    values: types.listOf(
      objectOf({ from: types.day, quantity: { type: 'number' }, unitPrice: types.nullableText }),
    ),
    references: types.listOf(types.text),
  }),
);
const ROOT = '/connections/{id}/reconciliation';

export const RECONCILIATION_OPENAPI: OpenApiFragment = {
  paths: {
    [ROOT]: {
      get: {
        operationId: 'reconcileMonth',
        summary:
          'What a month should have billed beside what Autotask and Microsoft hold, finding by finding',
        tags: TAGS,
        parameters: [pathParameter('id'), ...FILTERS, ...PAGE_PARAMETERS],
        responses: {
          200: jsonAnswer(
            'A page by customer, with the totals of all findings that the filter picks. A closed month as it was closed',
            ref('ReconciliationReport'),
          ),
          ...problems(401, 403, 404, 422),
        },
      },
    },
    [`${ROOT}/customers`]: {
      get: {
        operationId: 'listReconciliationCustomers',
        summary: 'What a month moves for each customer, the most money first',
        tags: TAGS,
        parameters: [pathParameter('id'), MONTH_PARAMETER, ...PAGE_PARAMETERS],
        responses: {
          200: jsonAnswer('A page', ref('ReconciliationCustomers')),
          ...problems(401, 403, 404, 422),
        },
      },
    },
    [`${ROOT}/export.csv`]: {
      get: {
        operationId: 'exportReconciliation',
        summary: 'The findings as CSV, all that the filter picks',
        tags: TAGS,
        parameters: [pathParameter('id'), ...FILTERS],
        responses: {
          200: {
            description: 'CSV with a header; texts that begin like a formula have an apostrophe in front',
            content: { 'text/csv': { schema: types.text } },
          },
          ...problems(401, 403, 404, 422),
        },
      },
    },
    [`${ROOT}/{month}/close`]: {
      post: {
        operationId: 'closeBillingMonth',
        summary: 'Keeps the report of a month that is over as it is, for ever',
        tags: TAGS,
        parameters: [pathParameter('id'), pathParameter('month')],
        responses: {
          200: jsonAnswer('The closed month', ref('ClosedBillingMonth')),
          ...problems(401, 403, 404, 409, 422),
        },
      },
    },
    [`${ROOT}/{month}/plans`]: {
      post: {
        operationId: 'planReconciliation',
        summary: 'Makes a draft plan that puts findings right; nothing is written to Autotask',
        tags: TAGS,
        parameters: [pathParameter('id'), pathParameter('month')],
        requestBody: jsonBody(
          objectOf({
            findingIds: {
              type: 'array',
              items: { type: 'string', maxLength: 400 },
              minItems: 1,
              maxItems: 50,
            },
          }),
        ),
        responses: {
          201: jsonAnswer(
            'The plan; see `GET /plans/{id}`',
            objectOf({ planId: types.id, steps: types.count, refusals: types.listOf(types.text) }),
          ),
          ...problems(400, 401, 403, 404, 409, 422, 502, 503),
        },
      },
    },
  },
  schemas: {
    ReconciliationFinding: objectOf(
      {
        id: types.text,
        kind: KIND,
        stage: types.oneOf(...FINDING_STAGES),
        customerId: types.text,
        customerName: types.text,
        subscriptionId: types.text,
        contractId: types.text,
        title: types.text,
        expected: VALUE,
        actual: VALUE,
        impact: MONEY,
        explanation: objectOf({ what: types.text, why: types.text, whatToDo: types.text }),
        isFixable: types.flag,
      },
      ['subscriptionId', 'contractId'],
    ),
    ReconciliationTotals: objectOf({
      ...IMPACT,
      expected: MONEY,
      actual: MONEY,
      byKind: types.listOf(objectOf({ kind: KIND, ...IMPACT })),
    }),
    ReconciliationReport: objectOf(
      {
        ...HEAD,
        totals: ref('ReconciliationTotals'),
        items: types.listOf(ref('ReconciliationFinding')),
        nextCursor: types.nullableText,
        changesSinceClosing: objectOf({
          count: types.count,
          impact: MONEY,
          items: types.listOf(
            objectOf({
              id: types.text,
              customerId: types.text,
              customerName: types.text,
              title: types.text,
              before: SIDE_OF_CHANGE,
              now: SIDE_OF_CHANGE,
            }),
          ),
        }),
      },
      [...OPTIONAL_HEAD, 'changesSinceClosing'],
    ),
    ClosedBillingMonth: objectOf({ ...HEAD, totals: ref('ReconciliationTotals') }),
    ReconciliationCustomers: objectOf(
      {
        ...HEAD,
        items: types.listOf(
          objectOf({
            customerId: types.text,
            customerName: types.text,
            differences: types.count,
            expected: MONEY,
            actual: MONEY,
            ...IMPACT,
          }),
        ),
        nextCursor: types.nullableText,
      },
      OPTIONAL_HEAD,
    ),
  },
};
