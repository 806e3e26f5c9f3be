import type { AccessCheck, AccessCheckOutcome, AccessVerb } from '../../ports/psa/access-report.js';
import { CAPABILITIES, type Capability } from '../../ports/psa/capabilities.js';
import { ACCESS_REQUIREMENTS } from './access-requirements.js';

/** The functional reads, in order. */
export const FUNCTIONAL_READS = ['Companies', 'Contracts'] as const;

const SKIPPED = 'Not checked, because an earlier check has to pass first.';

/** What a check found. */
export interface Finding {
  outcome: AccessCheckOutcome;
  detail: string;
  remedy?: string;
  found?: string;
}

export function rightCheckId(capability: Capability, entity: string, verb: AccessVerb): string {
  return `right.${capability}.${entity}.${verb}`;
}

/** The checks of one access check, all of them listed from the start: those never reached stay `skipped`. */
export class AccessChecklist {
  readonly #checks = new Map<string, AccessCheck>();

  constructor() {
    this.#plan('zone', 'The API user belongs to an Autotask instance');
    this.#plan('sign_in', 'Autotask accepts user name, secret and tracking identifier');
    this.#plan('headroom', 'The instance has API requests left');
    for (const { capability, entity, verbs } of ACCESS_REQUIREMENTS.toSorted(byCapability)) {
      for (const verb of verbs) {
        const id = rightCheckId(capability, entity, verb);
        this.#plan(id, `May ${verb} ${entity}`, { capability, entity, verb });
      }
    }
    for (const entity of FUNCTIONAL_READS) this.#plan(`read.${entity}`, `${entity} can be seen`, { entity });
    this.#plan('currency', 'The currency exists in the instance and is active');
    this.#plan('pick_lists', 'Pick lists of companies, contracts and services can be read');
  }

  settle(id: string, finding: Finding): void {
    const planned = this.#checks.get(id);
    if (planned === undefined) throw new RangeError(`There is no check '${id}'`);
    this.#checks.set(id, { ...planned, ...finding });
  }

  outcomeOf(id: string): AccessCheckOutcome | undefined {
    return this.#checks.get(id)?.outcome;
  }

  checks(): AccessCheck[] {
    return [...this.#checks.values()];
  }

  #plan(id: string, title: string, facts: Partial<AccessCheck> = {}): void {
    this.#checks.set(id, { id, title, outcome: 'skipped', detail: SKIPPED, ...facts });
  }
}

function byCapability(a: { capability: Capability }, b: { capability: Capability }): number {
  return CAPABILITIES.indexOf(a.capability) - CAPABILITIES.indexOf(b.capability);
}
