import { ENTITY_CATALOGUE, entityNamed } from '../metadata/entity-catalogue.js';
import { isJsonObject } from '../rules/json-members.js';
import {
  type AccessLevel,
  type AccessVerb,
  CLOUDCOCKPIT_LEVEL,
  FULL_ACCESS_LEVEL,
  NO_ADJUSTMENTS_LEVEL,
  NO_CONTRACT_VISIBILITY_LEVEL,
  NO_COSTS_LEVEL,
  type SecurityLevel,
} from '../world/security-level.js';
import type { ApiUser } from '../world/simulator-world.js';
import { ControlInput } from './control-input.js';
import { badMember, notFound } from './control-problem.js';
import { type ControlCall, type ControlRoute, databaseOf } from './control-route.js';

const NAMED_LEVELS: Readonly<Record<string, SecurityLevel>> = {
  fullAccess: FULL_ACCESS_LEVEL,
  noCosts: NO_COSTS_LEVEL,
  cloudCockpit: CLOUDCOCKPIT_LEVEL,
  noAdjustments: NO_ADJUSTMENTS_LEVEL,
  noContractVisibility: NO_CONTRACT_VISIBILITY_LEVEL,
};
const VERBS: readonly AccessVerb[] = ['query', 'create', 'update', 'delete'];
const ACCESS: readonly AccessLevel[] = ['All', 'Restricted', 'None'];

/** API users as an administrator sees them; secrets are taken, never told. */
export const userRoutes: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/databases/{ci}/users',
    handle: (call) => ({ status: 200, body: databaseOf(call).users.map((user) => describe(user)) }),
  },
  { method: 'PATCH', path: '/databases/{ci}/users/{userName}', handle: changeUser },
];

function changeUser(call: ControlCall): { status: number; body: unknown } {
  const user = databaseOf(call).userNamed(call.params['userName'] ?? '');
  if (user === undefined)
    throw notFound(`There is no API user '${call.params['userName']}' in this database.`);
  const input = new ControlInput(call.body, [
    'isLocked',
    'isActive',
    'secret',
    'integrationCode',
    'securityLevel',
  ]);
  const isLocked = input.flag('isLocked');
  const changed: Partial<ApiUser> = {
    isLocked: isLocked ?? user.isLocked,
    isActive: input.flag('isActive') ?? user.isActive,
    secret: input.text('secret') ?? user.secret,
    integrationCode: input.text('integrationCode') ?? user.integrationCode,
    securityLevel: levelOf(input) ?? user.securityLevel,
    failedSignIns: isLocked === false ? 0 : user.failedSignIns,
  };
  Object.assign(user, changed);
  return { status: 200, body: describe(user) };
}

function levelOf(input: ControlInput): SecurityLevel | undefined {
  const value = input.any('securityLevel');
  if (value === undefined) return undefined;
  if (typeof value === 'string') {
    const named = NAMED_LEVELS[value];
    if (named !== undefined) return named;
    throw badMember(
      '/securityLevel',
      `it must be an object or one of ${Object.keys(NAMED_LEVELS).join(', ')}`,
    );
  }
  const own = new ControlInput(value, ['name', 'rights', 'canReadCosts', 'hiddenEntities'], '/securityLevel');
  return {
    name: own.text('name') ?? 'Custom level',
    rights: rightsOf(own.any('rights') ?? {}),
    canReadCosts: own.flag('canReadCosts') ?? true,
    hiddenEntities: (own.texts('hiddenEntities') ?? []).map((name) =>
      entityOf(name, '/securityLevel/hiddenEntities'),
    ),
  };
}

function rightsOf(value: unknown): SecurityLevel['rights'] {
  const base = '/securityLevel/rights';
  if (!isJsonObject(value)) throw badMember(base, 'it must be an object of entities');
  const rights: Record<string, Partial<Record<AccessVerb, AccessLevel>>> = {};
  for (const [name, granted] of Object.entries(value)) {
    const input = new ControlInput(granted, VERBS, `${base}/${name}`);
    const ofEntity: Partial<Record<AccessVerb, AccessLevel>> = {};
    for (const verb of VERBS) {
      const access = input.oneOf(verb, ACCESS);
      if (access !== undefined) ofEntity[verb] = access;
    }
    rights[entityOf(name, `${base}/${name}`)] = ofEntity;
  }
  return rights;
}

function entityOf(name: string, pointer: string): string {
  if (!ENTITY_CATALOGUE.has(name.toLowerCase()))
    throw badMember(pointer, `entity '${name}' is not simulated`);
  return entityNamed(name).name;
}

function describe(user: ApiUser): unknown {
  const { userName, resourceID, isActive, isLocked, failedSignIns, securityLevel } = user;
  return { userName, resourceID, isActive, isLocked, failedSignIns, securityLevel };
}
