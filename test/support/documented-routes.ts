import fc from 'fast-check';
import type { OpenApiDocument, Schema } from '../../src/platform/http/openapi.js';
import { validValue } from './fuzz/schema-values.js';

/** One operation of an OpenAPI document. */
export interface DocumentedRoute {
  method: string;
  /** As in the document: `/connections/{id}`. */
  path: string;
  isOpen: boolean;
  mediaType: string | null;
  /** Some bodies its schema allows, as they travel; one `undefined` for a route without. */
  bodies: (string | undefined)[];
}

const SAMPLES = 30;

export function documentedRoutes(document: OpenApiDocument): DocumentedRoute[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const content = Object.entries(operation.requestBody?.content ?? {}) as [string, { schema: Schema }][];
      const [mediaType, body] = content[0] ?? [];
      return {
        method: method.toUpperCase(),
        path,
        isOpen: operation.security?.length === 0,
        mediaType: mediaType ?? null,
        bodies: body === undefined ? [undefined] : samplesOf(body.schema, document, mediaType ?? ''),
      };
    }),
  );
}

function samplesOf(schema: Schema, document: OpenApiDocument, mediaType: string): string[] {
  const values = fc.sample(validValue(schema, document.components.schemas), { seed: 1, numRuns: SAMPLES });
  return values.map((value) => (mediaType === 'application/json' ? JSON.stringify(value) : String(value)));
}

/** Parameters of a path, each with the collection before it: `/connections/{id}` has `connections/{id}`. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/([\w-]+)\/\{(\w+)\}/g)].map(([parameter]) => parameter);
}

export function fillPath(path: string, known: Readonly<Record<string, string>>): string {
  return path.replaceAll(/([\w-]+)\/\{(\w+)\}/g, (parameter, collection: string) => {
    return `${collection}/${encodeURIComponent(known[parameter] ?? 'unknown')}`;
  });
}
