import type { AccessVerb, ExcessRight } from '../../ports/psa/access-report.js';
import { CAPABILITIES, type CapabilitySet } from '../../ports/psa/capabilities.js';
import { PsaAccessDeniedError, PsaRequestRejectedError } from '../../ports/psa/psa.errors.js';
import { type AccessCheckRun, signedInClient, type Step, type Stop } from './access-check-run.js';
import { type Finding, rightCheckId } from './access-checklist.js';
import {
  ACCESS_REQUIREMENTS,
  type AccessRequirement,
  grantRemedy,
  PROBED_ENTITIES,
} from './access-requirements.js';
import {
  ACCESS_VERBS,
  entityRights,
  type EntityRight,
  type EntityRights,
  NO_RIGHTS,
  UNKNOWN_RIGHTS,
} from './entity-rights.js';

/**
 * One step per entity, one after another because metadata shares the entity's three threads (Autotask REST reference,
 * §4.3), and a last one that draws the conclusion. All entities are probed even when a right is found missing, so that a
 * person sees everything there is to grant at once.
 */
export function rightsSteps(): Step[] {
  const probes = PROBED_ENTITIES.map((entity): Step => ({
    checkId: firstCheckOf(entity),
    take: (run) => probeEntity(run, entity),
  }));
  return [...probes, { checkId: 'right', take: (run) => Promise.resolve(concludeRights(run)) }];
}

async function probeEntity(run: AccessCheckRun, entity: string): Promise<null> {
  const rights = await readRights(run, entity);
  run.rights.set(entity, rights);
  for (const { capability, verbs, loss } of requirementsOn(entity)) {
    for (const verb of verbs) {
      const finding = findingOf(entity, verb, rights[verb]);
      const detail =
        loss === undefined || rightIsThere(rights, verb) ? finding.detail : `${finding.detail} ${loss}`;
      run.checklist.settle(rightCheckId(capability, entity, verb), { ...finding, detail });
    }
  }
  return null;
}

async function readRights(run: AccessCheckRun, entity: string): Promise<EntityRights> {
  try {
    return entityRights(entity, await signedInClient(run).get(`${entity}/entityInformation`, run.signal));
  } catch (error) {
    if (error instanceof PsaAccessDeniedError) return NO_RIGHTS;
    const isOptional = requirementsOn(entity).every(
      ({ capability, loss }) => capability !== 'billing' || loss !== undefined,
    );
    if (isOptional && isRouteAbsent(error)) return UNKNOWN_RIGHTS;
    throw error;
  }
}

/** Some zones lack routes (Autotask REST reference, §3); that must not cost the capabilities that do not need them. */
function isRouteAbsent(error: unknown): boolean {
  return error instanceof PsaRequestRejectedError && [404, 405].includes(Number(error.context['status']));
}

function findingOf(entity: string, verb: AccessVerb, right: EntityRight): Finding {
  const found = right.access;
  if (found === 'All') return { outcome: 'passed', detail: `May always ${verb} ${entity}.`, found };
  const remedy = grantRemedy(entity, verb);
  if (found === 'None') {
    const everybody = right.isSupported ? '' : ' The API of this instance offers it to nobody.';
    return { outcome: 'failed', detail: `May not ${verb} ${entity}.${everybody}`, remedy, found };
  }
  const detail =
    found === 'Restricted'
      ? `May ${verb} some ${entity}; which ones depends on the record.`
      : `Autotask does not tell whether the API user may ${verb} ${entity}.`;
  return { outcome: 'unknown', detail, remedy, found };
}

/** A restricted right may do, so only a missing one, or an entity that is not there, switches a capability off. */
function concludeRights(run: AccessCheckRun): Stop | null {
  const lacking = new Set(
    ACCESS_REQUIREMENTS.filter(({ loss }) => loss === undefined)
      .filter((requirement) => !isMet(run, requirement))
      .map(({ capability }) => capability),
  );
  run.capabilities = Object.fromEntries(
    CAPABILITIES.map((capability) => [capability, !lacking.has(capability)]),
  ) as CapabilitySet;
  run.excess = [...run.rights].flatMap(([entity, rights]) => excessOn(entity, rights));
  return run.capabilities.billing ? null : { refusal: 'access_insufficient' };
}

function isMet(run: AccessCheckRun, { entity, verbs }: AccessRequirement): boolean {
  const rights = run.rights.get(entity);
  return rights !== undefined && verbs.every((verb) => rightIsThere(rights, verb));
}

function rightIsThere(rights: EntityRights, verb: AccessVerb): boolean {
  return rights !== UNKNOWN_RIGHTS && rights[verb].access !== 'None';
}

/** Entities that were probed and whose rows cannot be read: forbidden, or not there at all. */
export function unreadableEntities(run: AccessCheckRun): string[] {
  return [...run.rights].flatMap(([entity, rights]) => (rightIsThere(rights, 'query') ? [] : [entity]));
}

function excessOn(entity: string, rights: EntityRights): ExcessRight[] {
  const required = new Set(requirementsOn(entity).flatMap(({ verbs }) => verbs));
  return ACCESS_VERBS.filter(
    (verb) => !required.has(verb) && rights[verb].access === 'All' && rights[verb].isSupported,
  ).map((verb) => ({ entity, verb }));
}

function requirementsOn(entity: string): AccessRequirement[] {
  return ACCESS_REQUIREMENTS.filter((requirement) => requirement.entity === entity);
}

function firstCheckOf(entity: string): string {
  const [first] = requirementsOn(entity);
  return rightCheckId(first?.capability ?? 'billing', entity, first?.verbs[0] ?? 'query');
}
