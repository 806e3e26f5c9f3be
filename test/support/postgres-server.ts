import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrateDatabase } from '../../src/psa-connector.persistence.js';
import { makeScratchDir } from './scratch-dir.js';
import { startThrowawayPostgres } from './throwaway-postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection URL of a database from which others can be created. */
    postgresUrl: string;
    /** Directory for files of tests, removed when the run ends. */
    scratchDir: string;
    /** Name of the migrated database that tests clone. */
    templateDatabase: string;
  }
}

interface PreparedServer {
  url: string;
  scratchDir: string;
  template: string;
  stop(): Promise<void>;
}

interface SharedServer {
  users: number;
  prepared: Promise<PreparedServer>;
}

/** Vitest loads this file once per project, so what is shared between projects lives on the process. */
const SHARED = Symbol.for('nestjs-psa-connector.test.postgres');
const registry = process as unknown as { [SHARED]?: SharedServer };

/**
 * Gives every project of a run one PostgreSQL server with one migrated template database, and a scratch directory: the server named by
 * `PSA_TEST_DATABASE_URL` (its user must be allowed to create databases), else one of our own that ends with the run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  registry[SHARED] ??= { users: 0, prepared: prepareServer() };
  const shared = registry[SHARED];
  shared.users += 1;
  const server = await shared.prepared;
  project.provide('postgresUrl', server.url);
  project.provide('scratchDir', server.scratchDir);
  project.provide('templateDatabase', server.template);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete registry[SHARED];
    await server.stop();
  };
}

async function prepareServer(): Promise<PreparedServer> {
  const given = process.env['PSA_TEST_DATABASE_URL'];
  const server =
    given === undefined || given === ''
      ? await startThrowawayPostgres()
      : { url: given, stop: () => Promise.resolve() };
  const template = `psa_template_${randomBytes(6).toString('hex')}`;
  try {
    await execute(server.url, `CREATE DATABASE ${template}`);
    const url = new URL(server.url);
    url.pathname = `/${template}`;
    await migrateDatabase({ url: url.href });
  } catch (error) {
    await server.stop();
    throw error;
  }
  const scratch = await makeScratchDir();
  return {
    url: server.url,
    scratchDir: scratch.path,
    template,
    stop: async () => {
      await scratch.remove();
      await execute(server.url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
      await server.stop();
    },
  };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
