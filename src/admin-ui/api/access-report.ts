import type { AccessCheck, Capabilities } from './generated/api.js';

export type { AccessCheck, AccessReport } from './generated/api.js';

export type Capability = keyof Capabilities;
export type CapabilitySet = Capabilities;
export type AccessCheckOutcome = AccessCheck['outcome'];
