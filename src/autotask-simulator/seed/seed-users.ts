import { SANDBOX_API_USERS } from '../sandbox-users.js';
import type { ApiUser, AutotaskDatabase } from '../world/simulator-world.js';

const FIRST_API_RESOURCE_ID = 30_690_780;

/** The ready-made API users of a database; answers the first, who has all rights. */
export function seedUsers(database: AutotaskDatabase): ApiUser {
  for (const [position, seed] of SANDBOX_API_USERS.entries()) {
    if (seed.ci !== database.ci) continue;
    database.users.push({
      userName: seed.userName,
      secret: seed.secret,
      integrationCode: seed.integrationCode,
      securityLevel: seed.securityLevel,
      resourceID: FIRST_API_RESOURCE_ID + position,
      isActive: true,
      isLocked: seed.isLocked,
      failedSignIns: 0,
    });
  }
  const [first] = database.users;
  if (first === undefined) throw new RangeError(`database ${database.ci} has no API user`);
  return first;
}
