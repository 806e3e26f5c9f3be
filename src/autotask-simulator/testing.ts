/** What hosts import as `nestjs-psa-connector/testing`: the Autotask simulator and its ready-made API users. */
export { AutotaskSimulator, type AutotaskSimulatorOptions } from './autotask-simulator.js';
export { SANDBOX_API_USERS, SANDBOX_INTEGRATION_CODE, type SandboxApiUser } from './sandbox-users.js';
