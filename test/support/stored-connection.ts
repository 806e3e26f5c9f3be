import { aConnection } from './builders/connection.builder.js';
import type { TestInstallation } from './builders/installation.builder.js';
import type { TestServices } from './builders/services.builder.js';

/** Stores a connection like any other and gives its id. */
export async function storedConnection(
  installation: TestInstallation,
  { stores }: TestServices,
): Promise<string> {
  const connection = aConnection();
  await installation.transactions.run((tx) => stores.connections.insert(tx, connection));
  return connection.id;
}
