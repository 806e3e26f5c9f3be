/*
 * What the package offers under `./testing`: the simulator, its users and its world, so that a host can test against the
 * vendor's behaviour without a tenant.
 */
export { AutotaskSimulator, type AutotaskSimulatorOptions } from './autotask-simulator.js';
export { type ActiveFault, type Fault, FaultPlan, type PlannedFault } from './fault-plan.js';
export type { ServerLimits } from './http/request-handler.js';
export {
  type JournalEntry,
  type JournalFilter,
  type JournalSummary,
  RequestJournal,
} from './request-journal.js';
export { approveAndPost, type PostingRequest } from './rules/approve-and-post.js';
export { invoiceItems, postCharge, postUnits } from './rules/posting.js';
export {
  MULTI_CURRENCY_CI,
  SANDBOX_API_USERS,
  SANDBOX_INTEGRATION_CODE,
  type SandboxApiUser,
  SINGLE_CURRENCY_CI,
} from './sandbox-users.js';
export { seedCspWorld } from './seed/seed-csp-world.js';
export { seedLargeWorld } from './seed/seed-large-world.js';
export type { LargeWorldSeed } from './seed/large-world-layout.js';
export { SimulatorClock } from './simulator-clock.js';
export {
  CLOUDCOCKPIT_LEVEL,
  FULL_ACCESS_LEVEL,
  NO_ADJUSTMENTS_LEVEL,
  NO_CONTRACT_VISIBILITY_LEVEL,
  NO_COSTS_LEVEL,
  type SecurityLevel,
} from './world/security-level.js';
export {
  type ApiUser,
  AutotaskDatabase,
  type AutotaskDatabaseOptions,
  SimulatorWorld,
} from './world/simulator-world.js';
export { type Row, type RowChanges, type RowValue, Table } from './world/table.js';
