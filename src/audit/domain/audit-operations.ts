/** Every operation the audit log knows, verbatim as users search for it. Never renamed. */
export const AUDIT_OPERATIONS = {
  createConnection: 'Create Connector Connection',
  updateConnection: 'Update Connector Connection',
  deleteConnection: 'Delete Connector Connection',
  checkConnection: 'Check Connector Connection',
  startSyncRun: 'Start Sync Run',
  createCustomerMapping: 'Create Connection Customer Mapping',
  updateCustomerMapping: 'Update Connection Customer Mapping',
  deleteCustomerMapping: 'Delete Connection Customer Mapping',
  createOfferMapping: 'Create Connection Offer Mapping',
  updateOfferMapping: 'Update Connection Offer Mapping',
  deleteOfferMapping: 'Delete Connection Offer Mapping',
  createSubscriptionMapping: 'Create Connection Subscription Mapping',
  updateSubscriptionMapping: 'Update Connection Subscription Mapping',
  deleteSubscriptionMapping: 'Delete Connection Subscription Mapping',
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
