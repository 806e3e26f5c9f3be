import {
  jsonAnswer,
  objectOf,
  type OpenApiFragment,
  type OpenApiOperation,
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
const PERIOD = types.oneOf('one_time', 'monthly', 'quarterly', 'semi_annual', 'yearly', 'unknown');
const AMOUNT = types.nullable(ref('Money'));

const SEARCH: Schema = {
  ...queryParameter('search', { type: 'string', minLength: 1, maxLength: 100 }),
  description: 'Text anywhere in the name or the number (of a service: the sku), whatever its case',
};

function listOperation(operationId: string, summary: string, item: string): OpenApiOperation {
  return {
    operationId,
    summary,
    tags: TAGS,
    parameters: [pathParameter('id'), SEARCH, ...PAGE_PARAMETERS],
    responses: { 200: jsonAnswer('A page, by name', pageOf(item)), ...problems(401, 403, 404, 422) },
  };
}

export const MIRROR_OPENAPI: OpenApiFragment = {
  paths: {
    '/connections/{id}/companies': {
      get: listOperation('listCompanies', 'Companies as last pulled', 'Company'),
    },
    '/connections/{id}/services': {
      get: listOperation(
        'listServices',
        'Services as last pulled; amounts in the internal currency',
        'Service',
      ),
    },
    '/connections/{id}/contracts': {
      get: listOperation(
        'listContracts',
        'Contracts as last pulled, with what is in force today (UTC)',
        'Contract',
      ),
    },
    '/connections/{id}/contracts/{externalId}': {
      get: {
        operationId: 'getContract',
        summary: 'One contract as last pulled, with what is in force today (UTC)',
        tags: TAGS,
        parameters: [pathParameter('id'), pathParameter('externalId')],
        responses: { 200: jsonAnswer('The contract', ref('Contract')), ...problems(401, 403, 404) },
      },
    },
  },
  schemas: {
    Company: objectOf({
      externalId: types.text,
      name: types.text,
      number: types.nullableText,
      type: types.text,
      isActive: types.flag,
      currency: types.nullableText,
      parentExternalId: types.nullableText,
      webAddress: types.nullableText,
    }),
    Service: objectOf({
      externalId: types.text,
      name: types.text,
      description: types.nullableText,
      sku: types.nullableText,
      periodType: PERIOD,
      isActive: types.flag,
      unitPrice: AMOUNT,
      unitCost: AMOUNT,
    }),
    Contract: objectOf({
      externalId: types.text,
      name: types.text,
      number: types.nullableText,
      type: types.text,
      isActive: types.flag,
      periodType: PERIOD,
      startsOn: types.day,
      endsOn: types.day,
      company: objectOf({ externalId: types.text, name: types.text }),
      services: types.listOf(ref('ContractService')),
    }),
    ContractService: objectOf({
      externalId: types.text,
      serviceId: types.text,
      name: types.text,
      description: types.nullableText,
      units: { type: 'number' },
      unitPrice: AMOUNT,
      unitCost: AMOUNT,
    }),
  },
};
