// Brings the admin UI's generated API client up to date with the built code; starts no server.
import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PSA_CONNECTOR_OPENAPI } from '../dist/src/psa-connector.openapi.js';
import { GENERATED_CLIENT, generateClient } from './api-generator.mjs';

mkdirSync(dirname(GENERATED_CLIENT), { recursive: true });
writeFileSync(GENERATED_CLIENT, await generateClient(PSA_CONNECTOR_OPENAPI));
console.log(`Wrote ${GENERATED_CLIENT}`);
