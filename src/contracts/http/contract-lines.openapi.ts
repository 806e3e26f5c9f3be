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

const TAGS = ['Mirrored records'];
const AMOUNT = types.nullable(ref('Money'));
const ID: Schema = { type: 'string', minLength: 1, maxLength: 50 };
const FILTERS: readonly Schema[] = [
  { ...queryParameter('asOf', types.day), description: 'Default: today in UTC' },
  queryParameter('contractId', ID),
  queryParameter('companyId', ID),
];

export const CONTRACT_LINES_OPENAPI: OpenApiFragment = {
  paths: {
    '/connections/{id}/contract-lines': {
      get: {
        operationId: 'listContractLines',
        summary: 'What contracts bill on a day, of one contract, one company or the whole connection',
        tags: TAGS,
        parameters: [pathParameter('id'), ...FILTERS, ...PAGE_PARAMETERS],
        responses: {
          200: jsonAnswer('A page, by contract', pageOf('ContractLine')),
          ...problems(401, 403, 404, 422),
        },
      },
    },
    '/connections/{id}/contract-lines/export.csv': {
      get: {
        operationId: 'exportContractLines',
        summary: 'The same, all of it as CSV',
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
  },
  schemas: {
    ContractLine: objectOf({
      contract: objectOf({ externalId: types.text, name: types.text, number: types.nullableText }),
      company: objectOf({ externalId: types.text, name: types.text }),
      kind: types.oneOf('service', 'bundle'),
      externalId: types.text,
      serviceId: types.text,
      name: types.text,
      description: types.nullableText,
      startsOn: types.day,
      endsOn: types.day,
      units: { type: 'number' },
      unitPrice: AMOUNT,
      unitPriceBasis: types.oneOf('period', 'contractService', 'prorated'),
      internalUnitPrice: AMOUNT,
      unitCost: AMOUNT,
      isPosted: types.flag,
      postedAt: types.nullableInstant,
    }),
  },
};
