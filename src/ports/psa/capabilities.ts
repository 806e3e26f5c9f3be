/** A group of things a connection can do; each needs its own rights inside the PSA. `billing` is required. */
export const CAPABILITIES = ['billing', 'crm', 'helpdesk'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Which capabilities the API user's security level grants. */
export type CapabilitySet = Record<Capability, boolean>;
