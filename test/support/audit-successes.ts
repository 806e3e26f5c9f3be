const PUSHED = 'Update Subscription on Connection';

/**
 * The entries a success leaves under the correlation id of its request, in order: of every operation whose success takes more than a
 * connection that is there. One, but where another thing is changed with it, or where what it causes goes on by itself under its name.
 */
export const ENTRIES_OF_SUCCESS: Readonly<Record<string, readonly string[]>> = {
  'PUT /connections/{id}/customer-mappings': ['Create Connection Customer Mapping'],
  'POST /connections/{id}/customer-mappings/accept': ['Update Connection Customer Mapping'],
  'POST /connections/{id}/customer-mappings/import': ['Create Connection Customer Mapping'],
  'DELETE /connections/{id}/customer-mappings/{customerId}': ['Delete Connection Customer Mapping'],
  'PUT /connections/{id}/offer-mappings': ['Create Connection Offer Mapping'],
  'POST /connections/{id}/offer-mappings/accept': ['Update Connection Offer Mapping'],
  'POST /connections/{id}/offer-mappings/import': ['Create Connection Offer Mapping'],
  'DELETE /connections/{id}/offer-mappings/{mappingId}': ['Delete Connection Offer Mapping'],
  'PUT /connections/{id}/subscription-mappings': ['Create Connection Subscription Mapping'],
  'POST /connections/{id}/subscription-mappings/accept': ['Update Connection Subscription Mapping'],
  'POST /connections/{id}/subscription-mappings/import': ['Create Connection Subscription Mapping'],
  'DELETE /connections/{id}/subscription-mappings/{subscriptionId}': [
    'Delete Connection Subscription Mapping',
  ],
  // The record is made in Autotask first; that it is mapped is a decision of its own.
  'POST /connections/{id}/customer-mappings/create-company': [
    'Create Company from Template',
    'Create Connection Customer Mapping',
  ],
  'POST /connections/{id}/offer-mappings/create-service': [
    'Create Service from Template',
    'Create Connection Offer Mapping',
  ],
  'POST /connections/{id}/subscription-mappings/create-contract': [
    'Create Contract from Template',
    'Create Connection Subscription Mapping',
  ],
  'POST /connections/{id}/plans': ['Create Billing Plan'],
  'PATCH /plans/{id}/steps/{stepId}': ['Update Billing Plan'],
  'POST /plans/{id}/apply': ['Approve Billing Plan', PUSHED],
  // What is taken up again is pushed under the name of whoever caused it first.
  'POST /operations/{id}/retry': ['Retry Billing Operation'],
  'POST /operations/{id}/dismiss': ['Dismiss Billing Operation'],
  'POST /operations/{id}/compensate': ['Compensate Billing Operation', PUSHED],
  'POST /subscriptions/{id}/sync': ['Sync Subscription'],
  'POST /connections/{id}/pushes/resume': ['Resume Billing Pushes'],
  'DELETE /connections/{id}/margin-rules/{ruleId}': ['Delete Margin Rule'],
  'POST /drift/{id}/keep': ['Keep Contract Drift'],
  // The plan that corrects is a plan like any other, so it is found by the name of one.
  'POST /drift/{id}/correct': ['Create Billing Plan', 'Correct Contract Drift'],
  'POST /connections/{id}/reconciliation/{month}/plans': ['Create Billing Plan'],
  'POST /connections/{id}/reconciliation/{month}/close': ['Close Billing Month'],
  'POST /sync-runs/{id}/cancel': ['Cancel Sync Run'],
  // A connection in attention is active again, which is a change of the connection.
  'POST /connections/{id}/visibility': ['Decide Missing Records', 'Update Connector Connection'],
};
