// Writes the types and calls of the admin UI from our OpenAPI document (see src/docs/adr/0023-generated-api-client.md).
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { generateApi } from 'swagger-typescript-api';

/** Where the result is kept. */
export const GENERATED_CLIENT = fileURLToPath(
  new URL('../src/admin-ui/api/generated/api.ts', import.meta.url),
);

const HEAD = `// Written by \`npm run generate:api\` from our OpenAPI document. Do not edit.
import type { ApiClient } from '../api-client.js';

/** Members that may also be given as undefined. */
type Loose<T> = { [K in keyof T]: T[K] | undefined };

`;

/** The text of the generated file for a document. */
export async function generateClient(document) {
  const { files } = await generateApi({
    spec: structuredClone(document),
    output: false,
    silent: true,
    generateUnionEnums: true,
    templates: fileURLToPath(new URL('api-templates', import.meta.url)),
  });
  const options = await resolveConfig(GENERATED_CLIENT);
  const text = HEAD + files.map(({ fileContent }) => fileContent).join('\n');
  return format(text, { ...options, parser: 'typescript' });
}
