import type { AutotaskDatabase, SimulatorWorld } from '../world/simulator-world.js';
import { textOf } from '../world/table.js';
import { errorsReply, jsonReply, type Reply } from './reply.js';

/**
 * Zone discovery: needs no credentials, also answers for ordinary users of the vendor's own interface, and reports an
 * unknown or blank user as HTTP 500 (Autotask REST reference, §1.1, observed).
 */
export function zoneInformation(world: SimulatorWorld, userName: string, origin: string): Reply {
  const database = world.databases.find((candidate) => knows(candidate, userName));
  if (database === undefined) return errorsReply(['Zone information could not be determined']);
  return jsonReply(200, {
    zoneName: database.zoneName,
    url: `${origin}/zone${database.zoneNumber}/ATServicesRest/`,
    webUrl: `${origin}/zone${database.zoneNumber}/`,
    ci: database.ci,
  });
}

function knows(database: AutotaskDatabase, userName: string): boolean {
  if (userName.trim() === '') return false;
  if (database.userNamed(userName) !== undefined) return true;
  const wanted = userName.toLowerCase();
  return database
    .table('Resources')
    .all()
    .some((resource) => textOf(resource['email']).toLowerCase() === wanted);
}
