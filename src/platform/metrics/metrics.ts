import type { Registry } from 'prom-client';

export type PromClient = typeof import('prom-client');

/** The optional `prom-client` and the registry of one installation of the connector: the default one belongs to the host. */
export interface Metrics {
  client: PromClient;
  registry: Registry;
}

/** Token of the `Metrics`; null where `prom-client` is not installed. */
export const METRICS = Symbol('METRICS');

/** Null when the host has not installed `prom-client`, which is optional. */
export async function loadMetrics(): Promise<Metrics | null> {
  try {
    const client = await import('prom-client');
    return { client, registry: new client.Registry() };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}
