/** A JSON Schema of our document (OpenAPI 3.1 uses JSON Schema 2020-12). */
export type Schema = Readonly<Record<string, unknown>>;

interface Answer {
  description: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: Schema }>;
}

export interface OpenApiOperation {
  operationId: string;
  summary: string;
  tags: string[];
  security?: [];
  parameters?: Schema[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, Answer>;
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What one feature adds to the document: its paths below the API's address, and the schemas they name. */
export interface OpenApiFragment {
  paths: Record<string, Partial<Record<Method, OpenApiOperation>>>;
  schemas: Record<string, Schema>;
}

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const TEXT: Schema = { type: 'string' };
export const openApiTypes = {
  text: TEXT,
  nullableText: { type: ['string', 'null'] },
  id: { type: 'string', format: 'uuid' },
  instant: { type: 'string', format: 'date-time' },
  nullableInstant: { type: ['string', 'null'], format: 'date-time' },
  day: { type: 'string', format: 'date' },
  count: { type: 'integer', minimum: 0 },
  flag: { type: 'boolean' },
  oneOf: (...values: string[]): Schema => ({ type: 'string', enum: values }),
  listOf: (items: Schema): Schema => ({ type: 'array', items }),
  nullable: (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] }),
} as const;

/** An object whose members are all there, but for the optional ones; nothing else is in it. */
export function objectOf(properties: Record<string, Schema>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

export const pageOf = (item: string): Schema =>
  objectOf({ items: openApiTypes.listOf(ref(item)), nextCursor: openApiTypes.nullableText });

export const jsonAnswer = (description: string, schema: Schema): Answer => ({
  description,
  content: { 'application/json': { schema } },
});

export const jsonBody = (schema: Schema): NonNullable<OpenApiOperation['requestBody']> => ({
  required: true,
  content: { 'application/json': { schema } },
});

/** A body that may be absent. */
export const optionalJsonBody = (schema: Schema): NonNullable<OpenApiOperation['requestBody']> => ({
  ...jsonBody(schema),
  required: false,
});

const PROBLEM_TITLES: Readonly<Record<number, string>> = {
  400: 'The body is not JSON',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'The body is too large',
  415: 'The body has another media type',
  422: 'The input, or what the PSA says about it, does not allow it',
  429: 'Too many attempts or requests; see Retry-After',
  502: 'The PSA is not available',
  503: 'The PSA asks to wait; see Retry-After',
};

/** Problem documents of these statuses; 401 and 500 may come from every operation that needs a sign-in. */
export function problems(...statuses: number[]): Record<string, Answer> {
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: PROBLEM_TITLES[status] ?? 'Problem',
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  );
}

export const pathParameter = (name: string): Schema => ({ name, in: 'path', required: true, schema: TEXT });
export const queryParameter = (name: string, schema: Schema): Schema => ({ name, in: 'query', schema });

export const PAGE_PARAMETERS: readonly Schema[] = [
  queryParameter('limit', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
  queryParameter('cursor', TEXT),
];

/** Schemas every feature uses. */
export const SHARED_SCHEMAS: Record<string, Schema> = {
  Problem: {
    type: 'object',
    description: 'RFC 9457 problem document; further members depend on the code.',
    properties: {
      type: TEXT,
      title: TEXT,
      status: { type: 'integer' },
      detail: TEXT,
      instance: TEXT,
      code: TEXT,
      errors: openApiTypes.listOf(objectOf({ pointer: TEXT, detail: TEXT })),
      accessReport: ref('AccessReport'),
    },
    required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  },
  Money: objectOf({
    amount: { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
  }),
};

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  paths: OpenApiFragment['paths'];
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, Schema> };
}

/** Puts the fragments together; a path or schema that two of them define is a mistake of ours. */
export function composeOpenApi(fragments: readonly OpenApiFragment[]): OpenApiDocument {
  const paths: OpenApiFragment['paths'] = {};
  const schemas = { ...SHARED_SCHEMAS };
  for (const fragment of fragments) {
    for (const [path, operations] of Object.entries(fragment.paths)) addOnce(paths, path, operations);
    for (const [name, schema] of Object.entries(fragment.schemas)) addOnce(schemas, name, schema);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'PSA connector',
      version: '1',
      description: 'Connections to a PSA, their audit log, mirrored contracts and sync runs.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: { schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  };
}

/** The document with the routes a host has put beside ours; they have the same prefix and the same problem documents. */
export function extendOpenApi(
  document: OpenApiDocument,
  hostRoutes: readonly { paths: Record<string, object>; schemas: Record<string, object> }[],
): OpenApiDocument {
  const paths = { ...document.paths };
  const schemas = { ...document.components.schemas };
  for (const routes of hostRoutes) {
    for (const [path, operations] of Object.entries(routes.paths)) addOnce(paths, path, operations);
    for (const [name, schema] of Object.entries(routes.schemas)) addOnce(schemas, name, schema as Schema);
  }
  return { ...document, paths, components: { ...document.components, schemas } };
}

function addOnce<T>(target: Record<string, T>, name: string, value: T): void {
  if (Object.hasOwn(target, name)) throw new TypeError(`The OpenAPI document defines '${name}' twice`);
  target[name] = value;
}
