import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { PSA_CONNECTOR_OPENAPI } from '../../src/psa-connector.openapi.js';
import type { Connector } from './connector.js';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

interface Call {
  /** Fill in the path's parameters. */
  parameters?: Record<string, string>;
  /** With its question mark. */
  query?: string;
  body?: unknown;
}

/** Calls operations of the OpenAPI document as the administrator, and fails where an answer is not as documented. */
export class DocumentedApi {
  /** Operations called so far, as `GET /connections/{id}`. */
  readonly seen = new Set<string>();
  readonly #ajv = addFormats.default(new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }));

  constructor(private readonly connector: Connector) {
    this.#ajv.addVocabulary(['components']);
    this.#ajv.addSchema({ $id: 'openapi', components: PSA_CONNECTOR_OPENAPI.components });
  }

  /** @param path as in the document @param status the one expected, which must be documented */
  async call(
    method: Method,
    path: string,
    status: number,
    { parameters = {}, query = '', body }: Call = {},
  ): Promise<Record<string, unknown>> {
    const name = `${method.toUpperCase()} ${path}`;
    const operation = PSA_CONNECTOR_OPENAPI.paths[path]?.[method];
    const documented = operation?.responses[String(status)];
    if (documented === undefined) throw new Error(`${name} does not document ${status}`);
    const url = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) =>
      encodeURIComponent(parameters[parameter] ?? ''),
    );
    const bodyType = typeof body === 'string' ? 'text/csv' : 'application/json';
    if (body !== undefined && status < 300) {
      this.demandValid(`body of ${name}`, operation?.requestBody?.content[bodyType]?.schema, body);
    }
    const answer = await this.connector.api.send(
      method.toUpperCase(),
      url + query,
      body,
      body === undefined ? {} : { 'content-type': bodyType },
    );
    if (answer.status !== status) throw new Error(`${name} answered ${answer.status}: ${answer.text}`);
    this.seen.add(name);
    const [mediaType = ''] = (answer.headers.get('content-type') ?? '').split(';');
    if (documented.content !== undefined) {
      const schema = documented.content[mediaType]?.schema;
      if (schema === undefined) throw new Error(`${name} answered ${status} as '${mediaType}'`);
      if (mediaType.endsWith('json')) this.demandValid(`answer of ${name}`, schema, answer.body);
    }
    return answer.body as Record<string, unknown>;
  }

  private demandValid(what: string, schema: object | undefined, value: unknown): void {
    if (schema === undefined) throw new Error(`The ${what} is not documented`);
    const qualified = JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components');
    const validate = this.#ajv.compile(JSON.parse(qualified) as object);
    if (!validate(value)) {
      throw new Error(`The ${what} is not as documented: ${this.#ajv.errorsText(validate.errors)}`);
    }
  }
}
