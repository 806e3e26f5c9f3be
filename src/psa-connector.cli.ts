#!/usr/bin/env node
import 'reflect-metadata';
import { ConnectorError } from './kernel/connector-error.js';
import { AUDIT_USAGE, runAuditCommand } from './psa-connector.audit-cli.js';
import { KEYS_USAGE, runKeysCommand } from './psa-connector.keys-cli.js';

/** Ends with 0 when all is well, 1 when something was found or failed, 2 when the command was not understood. */
async function main([area, ...words]: string[]): Promise<number> {
  if (area === 'audit') return runAuditCommand(words);
  if (area === 'keys') return runKeysCommand(words);
  process.stderr.write(`${AUDIT_USAGE}\n\n${KEYS_USAGE}\n`);
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // The detail of our own errors is made to be shown; anything else may hold whatever it likes, but never a password of ours.
  const text = error instanceof ConnectorError ? error.detail : String(error);
  process.stderr.write(`psa-connector: ${text}\n`);
  process.exitCode = 1;
}
