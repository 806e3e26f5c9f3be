import type { AccessVerb } from '../../ports/psa/access-report.js';
import type { Capability } from '../../ports/psa/capabilities.js';

/** What one capability needs to do with one entity. */
export interface AccessRequirement {
  capability: Capability;
  entity: string;
  verbs: readonly AccessVerb[];
  /** What does not work without it, as a sentence; set where the capability stands without it. */
  loss?: string;
}

function needs(
  capability: Capability,
  entities: readonly string[],
  verbs: readonly AccessVerb[],
): AccessRequirement[] {
  return entities.map((entity) => ({ capability, entity, verbs }));
}

/** Entities that are only pulled and shown: without the right to read them they are left out, and changes are pushed all the same. */
function wants(entities: readonly string[], loss: string): AccessRequirement[] {
  return entities.map((entity) => ({ capability: 'billing', entity, verbs: ['query'], loss }));
}

/**
 * Every right the connector uses, by capability (Autotask REST reference, §4.3). ContractServiceAdjustments cannot be
 * read by anybody, so only creating is asked for.
 */
export const ACCESS_REQUIREMENTS: readonly AccessRequirement[] = [
  ...needs('billing', ['Companies', 'Contracts'], ['query']),
  ...needs('billing', ['ContractServices'], ['query', 'create', 'update']),
  ...needs('billing', ['ContractServiceUnits'], ['query']),
  ...needs('billing', ['ContractServiceAdjustments'], ['create']),
  ...needs('billing', ['ContractCharges'], ['query', 'create', 'update', 'delete']),
  ...needs('billing', ['Services', 'Currencies'], ['query']),
  ...wants(
    ['ServiceBundles', 'ContractServiceBundles', 'ContractServiceBundleUnits'],
    'Contracts are shown without their service bundles.',
  ),
  ...wants(['BillingCodes'], 'Billing codes are not offered for charges.'),
  ...wants(['PriceListServices'], 'Prices of services per currency are not shown.'),
  ...wants(['BillingItems', 'Invoices'], 'What was billed cannot be compared with what was expected.'),
  ...needs('crm', ['Companies'], ['query', 'create', 'update']),
  ...needs('crm', ['Contacts'], ['query', 'create', 'update', 'delete']),
  ...needs('crm', ['Opportunities'], ['query', 'create', 'update']),
  ...needs('helpdesk', ['Tickets', 'TicketNotes'], ['query', 'create', 'update']),
  ...needs('helpdesk', ['Resources'], ['query']),
];

/** The entities to probe, each once, in the order of the requirements. */
export const PROBED_ENTITIES: readonly string[] = [
  ...new Set(ACCESS_REQUIREMENTS.map(({ entity }) => entity)),
];

/**
 * Section of the security-level screen that governs an entity. The sections are those the vendor and a comparable
 * product name (Autotask REST reference, §4.3); their screenshots are not available to us.
 */
const SECTIONS: Readonly<Record<string, string>> = {
  Companies: 'CRM',
  Contacts: 'CRM',
  Opportunities: 'CRM',
  Services: 'Admin (Products & Services)',
  ServiceBundles: 'Admin (Products & Services)',
  PriceListServices: 'Admin (Products & Services)',
  BillingCodes: 'Admin (Finance, Accounting & Invoicing)',
  Currencies: 'Admin (Finance, Accounting & Invoicing)',
  Resources: 'Admin (Resources/Users)',
  Tickets: 'Service Desk',
  TicketNotes: 'Service Desk',
};
const DEFAULT_SECTION = 'Contracts';

const GRANTS: Readonly<Record<AccessVerb, string>> = {
  query: 'View',
  create: 'Add',
  update: 'Edit',
  delete: 'Delete',
};

export const SECURITY_LEVEL_SCREEN =
  "Admin > Company Settings & Users > Resources/Users (HR) > Security > Security Levels > the API user's level";

/** Where in Autotask a missing right is granted. */
export function grantRemedy(entity: string, verb: AccessVerb): string {
  const section = SECTIONS[entity] ?? DEFAULT_SECTION;
  return `In Autotask open ${SECURITY_LEVEL_SCREEN} > ${section} and grant ${GRANTS[verb]} for ${entity}; also see that the section Web Services API does not limit it.`;
}
