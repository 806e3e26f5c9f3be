import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';
import { Anchor, Stack, Text } from '@mantine/core';
import { Link, Redirect, Route, Router, Switch } from 'wouter';
import { AppLayout } from './components/app-layout.js';
import { Loading } from './components/loading.js';
import { PageTitle } from './components/page-title.js';
import { ProblemNotice } from './components/problem-notice.js';
import { useHashPath } from './hash-location.js';
import { useMessages } from './messages/messages.js';
import { SignInPage } from './pages/sign-in/sign-in.page.js';
import { ROUTE_PATHS } from './route-paths.js';
import type { RoutePath } from './route-paths.js';
import { useCan, useSession } from './session.js';

const ConnectorsPage = lazy(async () => ({
  default: (await import('./pages/connectors/connectors.page.js')).ConnectorsPage,
}));
const ConnectionPage = lazy(async () => ({
  default: (await import('./pages/connectors/connection.page.js')).ConnectionPage,
}));
const AuditLogsPage = lazy(async () => ({
  default: (await import('./pages/audit-logs/audit-logs.page.js')).AuditLogsPage,
}));

const DashboardPage = lazy(async () => ({
  default: (await import('./pages/dashboard/dashboard.page.js')).DashboardPage,
}));
const MappingPage = lazy(async () => ({
  default: (await import('./pages/mapping/mapping.page.js')).MappingPage,
}));
const PlansPage = lazy(async () => ({
  default: (await import('./pages/plans/plans.page.js')).PlansPage,
}));
const PlanPage = lazy(async () => ({
  default: (await import('./pages/plans/plan.page.js')).PlanPage,
}));
const OperationsPage = lazy(async () => ({
  default: (await import('./pages/operations/operations.page.js')).OperationsPage,
}));
const DriftPage = lazy(async () => ({
  default: (await import('./pages/operations/drift.page.js')).DriftPage,
}));
const ImportsPage = lazy(async () => ({
  default: (await import('./pages/imports/imports.page.js')).ImportsPage,
}));
const ImportPage = lazy(async () => ({
  default: (await import('./pages/imports/import.page.js')).ImportPage,
}));
const ReconciliationPage = lazy(async () => ({
  default: (await import('./pages/reconciliation/reconciliation.page.js')).ReconciliationPage,
}));
const ChargesPage = lazy(async () => ({
  default: (await import('./pages/charges/charges.page.js')).ChargesPage,
}));
const AccessPage = lazy(async () => ({
  default: (await import('./pages/access/access.page.js')).AccessPage,
}));

function NotFoundPage(): ReactNode {
  const messages = useMessages();
  return (
    <Stack>
      <PageTitle>{messages.app.name}</PageTitle>
      <Text>{messages.app.notFound}</Text>
      <Anchor component={Link} href="/connectors">
        {messages.app.toConnectors}
      </Anchor>
    </Stack>
  );
}

interface RouteParams {
  id?: string;
  planId?: string;
}

/** The page at each address; parts of an address are there wherever its path names them. */
const PAGES: Record<RoutePath, (params: { id: string; planId: string }) => ReactNode> = {
  '/overview': () => <DashboardPage />,
  '/connectors': () => <ConnectorsPage />,
  '/connectors/:id': ({ id }) => <ConnectionPage key={id} id={id} />,
  '/connectors/:id/customers': ({ id }) => <MappingPage key={id} connectionId={id} kind="customers" />,
  '/connectors/:id/offers': ({ id }) => <MappingPage key={id} connectionId={id} kind="offers" />,
  '/connectors/:id/subscriptions': ({ id }) => (
    <MappingPage key={id} connectionId={id} kind="subscriptions" />
  ),
  '/connectors/:id/plans': ({ id }) => <PlansPage key={id} connectionId={id} />,
  '/connectors/:id/plans/:planId': ({ id, planId }) => (
    <PlanPage key={planId} connectionId={id} planId={planId} />
  ),
  '/connectors/:id/operations': ({ id }) => <OperationsPage key={id} connectionId={id} />,
  '/connectors/:id/drift': ({ id }) => <DriftPage key={id} connectionId={id} />,
  '/connectors/:id/reconciliation': ({ id }) => <ReconciliationPage key={id} connectionId={id} />,
  '/charges': () => <ChargesPage />,
  '/imports': () => <ImportsPage />,
  '/imports/:id': ({ id }) => <ImportPage key={id} id={id} />,
  '/audit-logs': () => <AuditLogsPage />,
  '/access': () => <AccessPage />,
};

function Pages(): ReactNode {
  const hasOverview = useCan('billing:read');
  return (
    <Suspense fallback={<Loading />}>
      <Switch>
        <Route path="/">
          <Redirect to={hasOverview ? '/overview' : '/connectors'} replace />
        </Route>
        {ROUTE_PATHS.map((path) => (
          <Route key={path} path={path as string}>
            {({ id = '', planId = '' }: RouteParams) => PAGES[path]({ id, planId })}
          </Route>
        ))}
        <Route>
          <NotFoundPage />
        </Route>
      </Switch>
    </Suspense>
  );
}

/** The sign-in, or the pages once somebody is signed in. The address is kept through a sign-in. */
export function App(): ReactNode {
  const { hasCredential, session, problem, retry } = useSession();
  if (!hasCredential) return <SignInPage />;
  if (session === null) {
    return (
      <main style={{ padding: '1rem' }}>
        {problem === null ? <Loading /> : <ProblemNotice problem={problem} onRetry={retry} />}
      </main>
    );
  }
  return (
    <Router hook={useHashPath}>
      <AppLayout session={session}>
        <Pages />
      </AppLayout>
    </Router>
  );
}
