import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { GENERATED_CLIENT, generateClient } from '../../.ci/api-generator.mjs';
import { PSA_CONNECTOR_OPENAPI } from '../../src/psa-connector.openapi.js';

describe('the API client of the admin UI', () => {
  it('is what the OpenAPI document gives; `npm run generate:api` brings it up to date', async () => {
    expect(await readFile(GENERATED_CLIENT, 'utf8')).toBe(await generateClient(PSA_CONNECTOR_OPENAPI));
  });

  it('would differ when a member of the document changes', async () => {
    const { Money } = PSA_CONNECTOR_OPENAPI.components.schemas;
    const properties = { ...(Money?.['properties'] as object), note: { type: 'string' } };
    const changed = {
      ...PSA_CONNECTOR_OPENAPI,
      components: {
        ...PSA_CONNECTOR_OPENAPI.components,
        schemas: { ...PSA_CONNECTOR_OPENAPI.components.schemas, Money: { ...Money, properties } },
      },
    };
    expect(await generateClient(changed)).not.toBe(await readFile(GENERATED_CLIENT, 'utf8'));
  });
});
