import {
  jsonAnswer,
  jsonBody,
  objectOf,
  type OpenApiFragment,
  type OpenApiOperation,
  openApiTypes as types,
  pathParameter,
  problems,
  ref,
  type Schema,
} from '../../platform/http/openapi.js';
import { DESCRIPTION_LENGTH, NAME_LENGTH, NUMBER_LENGTH } from '../domain/template-records.js';
import { MOST_MONTHS } from './template-request.dto.js';

const text = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });
const externalId: Schema = { type: 'string', pattern: '^[!-~]{1,100}$' };
const psaId: Schema = { type: 'string', pattern: '^\\d{1,18}$' };
const nullable = types.nullable;
const money = ref('Money');
const periodType = types.text;

/** Members that a request may give in place of the template's, and that a record shows. */
const COMPANY_WISHES = {
  name: text(NAME_LENGTH),
  number: text(NUMBER_LENGTH),
  phone: text(25),
  ownerId: psaId,
  webAddress: text(255),
  address1: text(128),
  city: text(30),
  state: text(40),
  postalCode: text(10),
  countryId: psaId,
};
const SERVICE_WISHES = {
  name: text(NAME_LENGTH),
  description: text(DESCRIPTION_LENGTH),
  sku: text(NUMBER_LENGTH),
  billingCodeId: psaId,
  unitPrice: money,
  unitCost: money,
};
const CONTRACT_WISHES = {
  name: text(NAME_LENGTH),
  number: text(NUMBER_LENGTH),
  description: text(DESCRIPTION_LENGTH),
  startsOn: types.day,
  endsOn: types.day,
};

const UNKNOWN_COMPANY_MEMBERS = ['phone', 'ownerId', 'webAddress', 'address1', 'city', 'state', 'postalCode'];

const missing = types.listOf(objectOf({ pointer: types.text, detail: types.text }));

/** What differs between the three kinds. */
interface Kind {
  name: string;
  mapping: string;
  path: string;
  summary: string;
  key: Record<string, Schema>;
  wishes: Record<string, Schema>;
  record: Record<string, Schema>;
  /** Beside the record in a preview. */
  extra?: Record<string, Schema>;
}

const KINDS: readonly Kind[] = [
  {
    name: 'Company',
    mapping: 'CustomerMapping',
    path: 'customer-mappings/create-company',
    summary: 'a company for a customer; phone and ownerId (a resource of Autotask) have to be given',
    key: { customerId: externalId },
    wishes: COMPANY_WISHES,
    record: {
      ...COMPANY_WISHES,
      ...Object.fromEntries(
        [...UNKNOWN_COMPANY_MEMBERS, 'countryId', 'currencyId'].map((name) => [name, types.nullableText]),
      ),
      number: types.text,
      type: types.oneOf('customer'),
      currency: types.text,
    },
  },
  {
    name: 'Service',
    mapping: 'OfferMapping',
    path: 'offer-mappings/create-service',
    summary:
      'a service for an offer, priced in the internal currency of the instance; billingCodeId has to be given',
    key: { offer: ref('OfferToMap') },
    wishes: SERVICE_WISHES,
    record: {
      ...SERVICE_WISHES,
      name: types.text,
      sku: types.text,
      periodType,
      billingCodeId: types.nullableText,
      unitPrice: nullable(money),
      unitCost: nullable(money),
    },
    extra: {
      rates: types.listOf(objectOf({ from: types.text, to: types.text, rate: types.text })),
    },
  },
  {
    name: 'Contract',
    mapping: 'SubscriptionMapping',
    path: 'subscription-mappings/create-contract',
    summary: 'a contract for a subscription whose customer and offer are mapped',
    key: { subscriptionId: externalId },
    wishes: { ...CONTRACT_WISHES, months: { type: 'integer', minimum: 1, maximum: MOST_MONTHS } },
    record: {
      ...CONTRACT_WISHES,
      number: types.text,
      description: types.nullableText,
      companyId: types.text,
      type: types.oneOf('recurring_service'),
      periodType,
    },
  },
];

function operationOf({ name, summary }: Kind): OpenApiOperation {
  return {
    operationId: `create${name}FromTemplate`,
    summary: `Preview, or with preview false create and map, ${summary}. Repeating a call that failed never creates a second record`,
    tags: ['Mappings'],
    parameters: [pathParameter('id')],
    requestBody: jsonBody(ref(`${name}ToCreate`)),
    responses: {
      200: jsonAnswer('What would be created, and what the request lacks for it', ref(`${name}Preview`)),
      201: jsonAnswer('Created, by this call or an earlier one, and mapped', ref(`${name}Created`)),
      ...problems(400, 401, 403, 404, 409, 422, 502, 503),
    },
  };
}

function schemasOf({ name, mapping, key, wishes, record, extra = {} }: Kind): Record<string, Schema> {
  return {
    [`${name}ToCreate`]: objectOf({ ...key, preview: { ...types.flag, default: true }, ...wishes }, [
      'preview',
      ...Object.keys(wishes),
    ]),
    [`${name}FromTemplate`]: objectOf(record),
    [`${name}Preview`]: objectOf({ record: ref(`${name}FromTemplate`), missing, ...extra }),
    [`${name}Created`]: objectOf({
      record: ref(`${name}FromTemplate`),
      externalId: types.text,
      mapping: nullable(ref(mapping)),
    }),
  };
}

export const MAPPING_TEMPLATES_OPENAPI: OpenApiFragment = {
  paths: Object.fromEntries(
    KINDS.map((kind) => [`/connections/{id}/${kind.path}`, { post: operationOf(kind) }]),
  ),
  schemas: Object.assign({}, ...KINDS.map(schemasOf)) as Record<string, Schema>,
};
