import {
  jsonAnswer,
  objectOf,
  type OpenApiFragment,
  openApiTypes as types,
  PAGE_PARAMETERS,
  pageOf,
  pathParameter,
  problems,
  queryParameter,
  ref,
  type Schema,
} from '../../platform/http/openapi.js';
import { IMPORT_STATES } from '../domain/billing-import.js';
import { BILL_RULES } from '../domain/bill-rules.js';
import { IMPORT_FORMATS } from '../domain/imported-line.js';
import { ENCODINGS } from '../domain/text-encoding.js';

const TAGS = ['Imports'];
const ID = [pathParameter('id')];
const DECIMAL: Schema = { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' };
const FORMAT = types.oneOf(...IMPORT_FORMATS);

/** All optional: what is not told is detected, shown as `detected` and can be corrected by importing the file again. */
const OPTIONS: Record<string, Schema> = {
  format: FORMAT,
  delimiter: { type: 'string', description: 'One character, or comma, semicolon, tab, pipe or space' },
  decimalMark: types.oneOf('.', ',', 'point', 'comma'),
  dateFormat: {
    type: 'string',
    description: 'Such as MM/dd/yyyy or dd.MM.yyyy; only the order of day and month matters',
  },
  encoding: types.oneOf(...ENCODINGS),
  month: { type: 'string', pattern: '^\\d{4}-\\d{2}$', description: 'The billing month of all lines' },
  currency: { type: 'string', pattern: '^[A-Z]{3}$', description: 'For files without a column for it' },
  complete: {
    type: 'string',
    enum: ['true', 'false'],
    description: 'Whether lines of the same invoices that the file does not hold are superseded as well',
  },
  fileName: types.text,
};

const TEXT_BODY = { schema: types.text };
const MULTIPART = {
  schema: {
    type: 'object',
    properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' }, ...OPTIONS },
    required: ['file'],
  } satisfies Schema,
};

const SUMMARY: Record<string, Schema> = {
  id: types.id,
  state: types.oneOf(...IMPORT_STATES),
  format: FORMAT,
  fileName: types.nullableText,
  contentSha256: types.text,
  billingMonth: { type: ['string', 'null'], pattern: '^\\d{4}-\\d{2}$' },
  detected: objectOf({
    container: types.oneOf('csv', 'json'),
    encoding: types.oneOf(...ENCODINGS),
    delimiter: types.nullableText,
    decimalMark: types.oneOf('.', ','),
    dateFormat: types.text,
    assumptions: types.listOf(types.text),
  }),
  lines: objectOf({
    read: types.count,
    accepted: types.count,
    rejected: types.count,
    unchanged: types.count,
  }),
  superseded: types.count,
  error: types.nullable(objectOf({ code: types.text, detail: types.text })),
  createdAt: types.instant,
  createdBy: objectOf({ id: types.text, name: types.text }),
  startedAt: types.nullableInstant,
  finishedAt: types.nullableInstant,
};

export const IMPORTS_OPENAPI: OpenApiFragment = {
  paths: {
    '/imports/partner-center': {
      post: {
        operationId: 'importPartnerCenterLines',
        summary:
          'Import a bill: reconciliation lines or daily rated usage of Partner Center (CSV or JSON), or FOCUS 1.0 cost rows; the file is the body or the file of a form, and may be gzipped',
        tags: TAGS,
        parameters: Object.entries(OPTIONS).map(([name, schema]) => queryParameter(name, schema)),
        requestBody: {
          required: true,
          content: {
            'text/csv': TEXT_BODY,
            'application/json': { schema: {} },
            'application/octet-stream': TEXT_BODY,
            'multipart/form-data': MULTIPART,
          },
        },
        responses: {
          202: jsonAnswer('Stored and queued', ref('ImportSummary')),
          ...problems(401, 403, 415, 422),
        },
      },
    },
    '/imports': {
      get: {
        operationId: 'listImports',
        summary: 'Imports, newest first',
        tags: TAGS,
        parameters: [...PAGE_PARAMETERS],
        responses: { 200: jsonAnswer('A page', pageOf('ImportSummary')), ...problems(401, 403, 422) },
      },
    },
    '/imports/{id}': {
      get: {
        operationId: 'getImport',
        summary: 'One import with its first 1,000 rejections',
        tags: TAGS,
        parameters: ID,
        responses: { 200: jsonAnswer('The import', ref('Import')), ...problems(401, 403, 404) },
      },
    },
    '/imports/{id}/rejections': {
      get: {
        operationId: 'listImportRejections',
        summary: 'Lines that were not taken, in the order of the file',
        tags: TAGS,
        parameters: [...ID, ...PAGE_PARAMETERS],
        responses: { 200: jsonAnswer('A page', pageOf('ImportRejection')), ...problems(401, 403, 404, 422) },
      },
    },
    '/imports/{id}/lines': {
      get: {
        operationId: 'listImportedLines',
        summary: 'Lines the import kept, each with the amount a rule gives, the rule and the difference',
        tags: TAGS,
        parameters: [...ID, queryParameter('different', types.flag), ...PAGE_PARAMETERS],
        responses: { 200: jsonAnswer('A page', pageOf('ImportedLine')), ...problems(401, 403, 404, 422) },
      },
    },
  },
  schemas: {
    ImportSummary: objectOf(SUMMARY),
    Import: objectOf({ ...SUMMARY, rejections: types.listOf(ref('ImportRejection')) }),
    ImportRejection: objectOf(
      {
        line: {
          type: 'integer',
          minimum: 1,
          description:
            'Line of a CSV file the record starts on, the header being the first; number of the item in JSON',
        },
        column: types.text,
        code: types.text,
        detail: types.text,
      },
      ['column'],
    ),
    ImportedLine: objectOf({
      id: types.text,
      line: types.count,
      billingMonth: types.day,
      customerId: types.text,
      customerName: types.text,
      subscriptionId: types.nullableText,
      productId: types.nullableText,
      skuId: types.nullableText,
      productName: types.nullableText,
      chargeType: types.text,
      chargeStart: types.day,
      chargeEnd: types.day,
      orderDate: { type: ['string', 'null'], format: 'date' },
      quantity: DECIMAL,
      unitPrice: DECIMAL,
      effectiveUnitPrice: types.nullable(DECIMAL),
      subtotal: DECIMAL,
      taxTotal: types.nullable(DECIMAL),
      total: DECIMAL,
      currency: { type: 'string', pattern: '^[A-Z]{3}$' },
      termAndBillingCycle: types.nullableText,
      referenceId: types.nullableText,
      invoiceNumber: types.nullableText,
      promotionId: types.nullableText,
      explanation: types.nullable(
        objectOf({ expected: DECIMAL, rule: types.oneOf(...Object.keys(BILL_RULES)), difference: DECIMAL }),
      ),
    }),
  },
};
