/** What a security level grants for one verb, as `userAccessFor…` spells it. */
export type AccessLevel = 'All' | 'Restricted' | 'None';

export type AccessVerb = 'query' | 'create' | 'update' | 'delete';

/** The permission set of an API user, reduced to what the API lets one see of it. */
export interface SecurityLevel {
  readonly name: string;
  /** Rights by entity name; a verb that is not named is granted in full. */
  readonly rights: Readonly<Record<string, Readonly<Partial<Record<AccessVerb, AccessLevel>>>>>;
  /** Without it every cost field reads as 0. */
  readonly canReadCosts: boolean;
  /** Entities whose queries answer no rows although they are granted, as restricted contract visibility does. */
  readonly hiddenEntities: readonly string[];
}

const NO_RIGHTS = { query: 'None', create: 'None', update: 'None', delete: 'None' } as const;

function level(name: string, options: Partial<Omit<SecurityLevel, 'name'>> = {}): SecurityLevel {
  return {
    name,
    rights: options.rights ?? {},
    canReadCosts: options.canReadCosts ?? true,
    hiddenEntities: options.hiddenEntities ?? [],
  };
}

/** The system level with full access. */
export const FULL_ACCESS_LEVEL = level('API User (system) (API-only)');

/** The system level that sees 0 for every cost. */
export const NO_COSTS_LEVEL = level("API User (system) Can't Read Costs (API-only)", { canReadCosts: false });

/** Set up the way CloudCockpit asks its customers to: no permission for Service Desk, everything else granted. */
export const CLOUDCOCKPIT_LEVEL = level('CloudCockpit API User', {
  rights: { Tickets: NO_RIGHTS, TicketNotes: NO_RIGHTS },
});

/** Full access but for contract service adjustments, so quantities and prices cannot be pushed. */
export const NO_ADJUSTMENTS_LEVEL = level('Connector without adjustments', {
  rights: { ContractServiceAdjustments: NO_RIGHTS },
});

/** Contract visibility is restricted: contract entities are granted, yet every query answers an empty page. */
export const NO_CONTRACT_VISIBILITY_LEVEL = level('Connector without contract visibility', {
  hiddenEntities: [
    'Contracts',
    'ContractServices',
    'ContractServiceUnits',
    'ContractServiceBundles',
    'ContractServiceBundleUnits',
    'ContractCharges',
  ],
});
