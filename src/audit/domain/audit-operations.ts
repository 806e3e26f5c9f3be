/** Every operation the audit log knows, verbatim as users search for it. Never renamed. */
export const AUDIT_OPERATIONS = {
  createConnection: 'Create Connector Connection',
  updateConnection: 'Update Connector Connection',
  deleteConnection: 'Delete Connector Connection',
  checkConnection: 'Check Connector Connection',
  startSyncRun: 'Start Sync Run',
  createPlan: 'Create Billing Plan',
  updatePlan: 'Update Billing Plan',
  approvePlan: 'Approve Billing Plan',
  pushSubscription: 'Update Subscription on Connection',
  retryOperation: 'Retry Billing Operation',
  dismissOperation: 'Dismiss Billing Operation',
  compensateOperation: 'Compensate Billing Operation',
  syncSubscription: 'Sync Subscription',
  stopPushes: 'Stop Billing Pushes',
  resumePushes: 'Resume Billing Pushes',
  keepDrift: 'Keep Contract Drift',
  correctDrift: 'Correct Contract Drift',
  putCustomer: 'Record Customer',
  putSubscription: 'Record Subscription',
  createCharge: 'Record Charge',
} as const;

export type AuditOperation = (typeof AUDIT_OPERATIONS)[keyof typeof AUDIT_OPERATIONS];
