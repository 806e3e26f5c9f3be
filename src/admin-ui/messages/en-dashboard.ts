/** Texts of the start page. */
export const enDashboard = {
  title: 'Overview',
  navigation: 'Overview',
  needsYou: 'Needs you now',
  allDone: 'Nothing needs you. Changes that come in are shown here.',
  noConnections: 'Add a connection to begin.',
  toConnectors: 'Go to Connectors',
  attention: (alias: string) => `${alias}: Autotask refuses something; see the access report`,
  stopped: (alias: string, reason: string) => `${alias}: nothing is sent. ${reason}`,
  failed: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 operation failed' : `${count} operations failed`}`,
  approve: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 plan waits' : `${count} plans wait`} for a second approver`,
  waiting: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 subscription has changes' : `${count} subscriptions have changes`} to be planned`,
  drift: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 contract service differs' : `${count} contract services differ`} from what was applied`,
  unmapped: (alias: string) => `${alias}: customers wait to be mapped`,
  kinds: {
    attention: 'Access',
    stopped: 'Stopped',
    failed: 'Failed',
    approve: 'Approval',
    waiting: 'Plan',
    drift: 'Drift',
    unmapped: 'Mapping',
  },
  recurring: 'Monthly recurring amount',
  recurringHint: (day: string) =>
    `What active contracts bill on ${day}, as last read from Autotask; longer periods count by the month.`,
  noRecurring: 'No contracts have been read yet.',
  connections: 'Connections',
  connection: 'Connection',
  state: 'State',
  monthly: 'Monthly',
  lines: 'Lines',
  failedColumn: 'Failed',
  underWay: 'Under way',
  driftColumn: 'Drift',
  driftMoney: 'Drift in money',
  waitingColumn: 'To plan',
};

/** Texts of the policies of a connection. */
export const enPolicies = {
  title: 'Policies',
  intro: 'How changes of subscriptions reach Autotask.',
  applyMode: 'Changes',
  applyModes: {
    approval: 'Wait for a person to apply a plan',
    automatic: 'Are planned and written at once',
  },
  decrease: 'Fewer units',
  decreases: { sameDay: 'On the day of the change', nextPeriod: 'On the first day of the next period' },
  cancel: 'Cancellation',
  cancels: { sameDay: 'On the day of cancellation', periodEnd: 'At the end of the period' },
  azure: 'Azure plans',
  azures: { charge: 'Contract charges of the month', priceReset: 'Adjust the price and reset it' },
  secondApprover: 'Second approver above',
  secondApproverHint: (currency: string) =>
    `A plan worth more than this needs two people. In ${currency}; empty for never.`,
  notAmount: 'Enter an amount such as 1500.00, with a dot and without separators.',
  save: 'Save policies',
  saved: 'The policies were changed.',
  notSaved: 'The policies were not changed',
};
