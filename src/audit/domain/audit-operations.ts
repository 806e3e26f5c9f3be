/** Every operation the audit log knows, verbatim as users search for it. Never renamed. */
export const AUDIT_OPERATIONS = {
  createConnection: 'Create Connector Connection',
  updateConnection: 'Update Connector Connection',
  deleteConnection: 'Delete Connector Connection',
  checkConnection: 'Check Connector Connection',
  startSyncRun: 'Start Sync Run',
  cancelSyncRun: 'Cancel Sync Run',
  updateSyncSchedule: 'Update Sync Schedule',
  decideVisibility: 'Decide Missing Records',
  putCustomer: 'Record Customer',
  putSubscription: 'Record Subscription',
  createCharge: 'Record Charge',
  exportAuditLog: 'Export Audit Log',
  archiveAuditLog: 'Archive Audit Log',
} as const;

export type AuditOperation = (typeof AUDIT_OPERATIONS)[keyof typeof AUDIT_OPERATIONS];
