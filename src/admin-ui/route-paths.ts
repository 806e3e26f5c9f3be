/**
 * The address of every page, in wouter's notation. The router asks for a page for each, and the accessibility tests for a
 * visit of each in both colour schemes.
 */
export const ROUTE_PATHS = [
  '/overview',
  '/connectors',
  '/connectors/:id',
  '/connectors/:id/customers',
  '/connectors/:id/offers',
  '/connectors/:id/subscriptions',
  '/connectors/:id/plans',
  '/connectors/:id/plans/:planId',
  '/connectors/:id/operations',
  '/connectors/:id/drift',
  '/connectors/:id/reconciliation',
  '/charges',
  '/imports',
  '/imports/:id',
  '/audit-logs',
  '/access',
] as const;
export type RoutePath = (typeof ROUTE_PATHS)[number];
