import {
  jsonAnswer,
  jsonBody,
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
import { MAPPING_STATES } from '../domain/mapping.js';
import { SUGGESTION_REASONS } from '../domain/mapping-suggestions.js';
import { MOST_ACCEPTED, REASON_LENGTH } from './mapping-request.dto.js';

const TAGS = ['Mappings'];
const ID = pathParameter('id');
const externalId: Schema = { type: 'string', pattern: '^[!-~]{1,100}$' };
const nullableId: Schema = { type: ['string', 'null'], pattern: '^[!-~]{1,100}$' };
const reason: Schema = { type: ['string', 'null'], minLength: 1, maxLength: REASON_LENGTH };
const count = types.count;
const CSV = { 'text/csv': { schema: types.text } };

/** What differs between the three kinds. */
interface Kind {
  /** Start of the names of schemas and operations. */
  name: string;
  path: string;
  /** What the path of a removal names. */
  removeBy: string;
  subject: string;
  target: string;
  /** What a request says of the subject. */
  key: Record<string, Schema>;
  /** What a row says of it. */
  row: Record<string, Schema>;
  /** The PSA record in a row. */
  targetName: string;
  extra?: Record<string, Schema>;
}

const KINDS: readonly Kind[] = [
  {
    name: 'Customer',
    path: 'customer-mappings',
    removeBy: 'customerId',
    subject: 'customer',
    target: 'companyId',
    key: { customerId: externalId },
    row: { customerId: externalId, customerName: types.text },
    targetName: 'companyName',
  },
  {
    name: 'Offer',
    path: 'offer-mappings',
    removeBy: 'mappingId',
    subject: 'offer',
    target: 'serviceId',
    key: { offer: ref('OfferToMap') },
    row: { offer: ref('Offer') },
    targetName: 'serviceName',
    extra: { mappingId: types.nullable(types.id) },
  },
  {
    name: 'Subscription',
    path: 'subscription-mappings',
    removeBy: 'subscriptionId',
    subject: 'subscription',
    target: 'contractId',
    key: { subscriptionId: externalId },
    row: {
      subscriptionId: externalId,
      subscriptionName: types.text,
      customerId: types.nullableText,
      customerName: types.nullableText,
    },
    targetName: 'contractName',
    extra: {
      offer: types.nullable(ref('Offer')),
      syncState: types.nullable(types.oneOf('synced', 'outOfSync')),
    },
  },
];

function schemasOf({ name, key, row, target, targetName, extra = {} }: Kind): Record<string, Schema> {
  const scored = {
    [target]: externalId,
    [targetName]: types.text,
    score: { type: 'number', minimum: 0, maximum: 1 },
    reasons: types.listOf(types.oneOf(...SUGGESTION_REASONS)),
  };
  return {
    [`${name}MappingInput`]: objectOf({ ...key, [target]: nullableId, excluded: types.flag, reason }, [
      target,
      'excluded',
      'reason',
    ]),
    [`${name}Mapping`]: objectOf({
      ...row,
      ...extra,
      [target]: nullableId,
      [targetName]: types.nullableText,
      state: types.oneOf(...MAPPING_STATES),
      reason,
    }),
    [`${name}Suggestion`]: objectOf({ ...row, ...scored, alternatives: types.listOf(objectOf(scored)) }),
    [`${name}Acceptance`]: objectOf({
      items: {
        type: 'array',
        minItems: 1,
        maxItems: MOST_ACCEPTED,
        items: objectOf({ ...key, [target]: externalId }),
      },
    }),
    [`${name}AcceptanceResult`]: objectOf({
      items: types.listOf(
        objectOf({
          ...key,
          [target]: externalId,
          outcome: types.oneOf('accepted', 'unchanged', 'refused'),
          code: types.nullableText,
          detail: types.nullableText,
        }),
      ),
    }),
  };
}

function read(operationId: string, summary: string, item: string, parameters: Schema[]): OpenApiOperation {
  return {
    operationId,
    summary,
    tags: TAGS,
    parameters: [ID, ...parameters, ...PAGE_PARAMETERS],
    responses: { 200: jsonAnswer('A page', pageOf(item)), ...problems(401, 403, 404, 422) },
  };
}

function baseOf({ path }: Kind): string {
  return `/connections/{id}/${path}`;
}

function write(
  operationId: string,
  summary: string,
  body: OpenApiOperation['requestBody'],
  answer: OpenApiOperation['responses'],
): OpenApiOperation {
  return {
    operationId,
    summary,
    tags: TAGS,
    parameters: [ID],
    ...(body === undefined ? {} : { requestBody: body }),
    responses: answer,
  };
}

function singlePaths(kind: Kind): OpenApiFragment['paths'] {
  const { name, subject, removeBy } = kind;
  const filters = [
    queryParameter('state', types.oneOf(...MAPPING_STATES)),
    queryParameter('search', types.text),
  ];
  return {
    [baseOf(kind)]: {
      get: read(`list${name}Mappings`, `Every ${subject}, mapped or not`, `${name}Mapping`, filters),
      put: write(
        `put${name}Mapping`,
        `Map one ${subject}, or exclude it with a reason`,
        jsonBody(ref(`${name}MappingInput`)),
        {
          200: jsonAnswer('As it is now', ref(`${name}Mapping`)),
          ...problems(400, 401, 403, 404, 409, 422),
        },
      ),
    },
    [`${baseOf(kind)}/{${removeBy}}`]: {
      delete: {
        operationId: `remove${name}Mapping`,
        summary: `Remove the mapping or the exclusion of one ${subject}`,
        tags: TAGS,
        parameters: [ID, pathParameter(removeBy)],
        responses: { 204: { description: 'Removed' }, ...problems(401, 403, 404, 409) },
      },
    },
  };
}

function bulkPaths(kind: Kind): OpenApiFragment['paths'] {
  const { name, subject } = kind;
  const accepted = jsonAnswer('What became of each', ref(`${name}AcceptanceResult`));
  return {
    [`${baseOf(kind)}/suggestions`]: {
      get: read(
        `suggest${name}Mappings`,
        `What an unmapped ${subject} may be mapped to, best first; a page of unmapped ones at a time`,
        `${name}Suggestion`,
        [queryParameter('search', types.text)],
      ),
    },
    [`${baseOf(kind)}/accept`]: {
      post: write(
        `accept${name}Mappings`,
        'Make many mappings, each accepted or refused by itself',
        jsonBody(ref(`${name}Acceptance`)),
        { 200: accepted, ...problems(400, 401, 403, 404, 422) },
      ),
    },
  };
}

function filePaths(kind: Kind): OpenApiFragment['paths'] {
  const { name, subject } = kind;
  return {
    [`${baseOf(kind)}/export.csv`]: {
      get: write(`export${name}Mappings`, `Every ${subject}, mapped or not, as CSV`, undefined, {
        200: { description: 'CSV, UTF-8', content: CSV },
        ...problems(401, 403, 404),
      }),
    },
    [`${baseOf(kind)}/import`]: {
      post: write(
        `import${name}Mappings`,
        'Make the mappings of a CSV file as the export writes it, each line by itself; removes none',
        { required: true, content: CSV },
        {
          200: jsonAnswer('What became of the lines', ref('MappingImport')),
          ...problems(401, 403, 404, 413, 415, 422),
        },
      ),
    },
  };
}

export const MAPPING_OPENAPI: OpenApiFragment = {
  paths: Object.assign(
    {},
    ...KINDS.flatMap((kind) => [singlePaths(kind), bulkPaths(kind), filePaths(kind)]),
  ) as OpenApiFragment['paths'],
  schemas: {
    ...(Object.assign({}, ...KINDS.map(schemasOf)) as Record<string, Schema>),
    OfferToMap: objectOf(
      {
        productId: externalId,
        skuId: externalId,
        segment: types.text,
        term: types.text,
        billingCycle: types.text,
        name: types.text,
      },
      ['name'],
    ),
    MappingImport: objectOf({
      lines: objectOf({ read: count, accepted: count, unchanged: count, rejected: count }),
      rejections: types.listOf(
        objectOf({ line: count, column: types.text, code: types.text, detail: types.text }, ['column']),
      ),
    }),
  },
};
