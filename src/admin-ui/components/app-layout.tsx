import { lazy, Suspense, useState } from 'react';
import type { ReactNode } from 'react';
import { AppShell, Burger, Button, Group, NavLink, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { Link, useLocation } from 'wouter';
import { useQuery } from '@tanstack/react-query';
import { toProblem } from '../api/problem.js';
import { findSignInOptions } from '../api/session.js';
import type { Session } from '../api/session.js';
import { useMessages } from '../messages/messages.js';
import { useApi, useSession } from '../session.js';
import { LanguageSelect } from './language-select.js';
import { problemText } from './problem-notice.js';
import { Notice } from './tone.js';

const OwnPasswordDialog = lazy(async () => ({
  default: (await import('./own-password-dialog.js')).OwnPasswordDialog,
}));

interface NavigationItem {
  path: string;
  label: string;
}

function Navigation({ items, onChosen }: { items: NavigationItem[]; onChosen: () => void }): ReactNode {
  const messages = useMessages();
  const [path] = useLocation();
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600} c="dimmed" px="sm" pt="xs">
        {messages.app.administration}
      </Text>
      {items.map((item) => {
        const isCurrent = path.startsWith(item.path);
        return (
          <NavLink
            key={item.path}
            component={Link}
            href={item.path}
            label={item.label}
            active={isCurrent}
            variant="filled"
            style={{ borderRadius: 'var(--mantine-radius-default)' }}
            aria-current={isCurrent ? 'page' : undefined}
            onClick={onChosen}
          />
        );
      })}
    </Stack>
  );
}

function Notices({ notices }: { notices: readonly string[] }): ReactNode {
  const messages = useMessages();
  if (notices.length === 0) return null;
  return (
    <aside aria-label={messages.app.notices}>
      <Notice tone="warning" isThin>
        <p>
          {notices.map((notice) => (
            <span key={notice}>{notice} </span>
          ))}
        </p>
      </Notice>
    </aside>
  );
}

/** The address is the route here, so the link must not change it. */
function focusContent(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

/** For people with an account alone: tokens, and the sessions of other hosts, have no password here. */
function OwnPasswordButton(): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const [isOpen, dialog] = useDisclosure(false);
  const { data } = useQuery({
    queryKey: ['sign-in-options'],
    queryFn: ({ signal }) => findSignInOptions(client, signal),
    staleTime: Infinity,
  });
  if (data?.hasPassword !== true) return null;
  return (
    <>
      <Button variant="default" size="xs" visibleFrom="sm" onClick={dialog.open}>
        {messages.accounts.ownPassword}
      </Button>
      {isOpen ? (
        <Suspense fallback={null}>
          <OwnPasswordDialog isOpen onClose={dialog.close} />
        </Suspense>
      ) : null}
    </>
  );
}

/** Says so when the session goes on, because the person believes to have left. */
function SignOutButton(): ReactNode {
  const messages = useMessages();
  const { signOut } = useSession();
  const [isPending, setPending] = useState(false);

  async function leave(): Promise<void> {
    setPending(true);
    try {
      await signOut();
    } catch (error) {
      setPending(false);
      notifications.show({
        color: 'red',
        title: messages.signIn.notSignedOut,
        message: problemText(toProblem(error), messages),
        autoClose: false,
        closeButtonProps: { 'aria-label': messages.common.close },
      });
    }
  }

  return (
    <Button variant="default" size="xs" loading={isPending} onClick={() => void leave()}>
      {messages.app.signOut}
    </Button>
  );
}

/** Header, navigation and the place of the pages. */
export function AppLayout(props: { session: Session; children: ReactNode }): ReactNode {
  const messages = useMessages();
  const [isOpen, navigation] = useDisclosure(false);
  const { actor, notices } = props.session;
  const items: NavigationItem[] = [];
  if (actor.permissions.includes('billing:read')) {
    items.push({ path: '/overview', label: messages.dashboard.navigation });
  }
  items.push({ path: '/connectors', label: messages.app.connectors });
  if (actor.permissions.includes('subscription:read')) {
    items.push({ path: '/charges', label: messages.charges.title });
  }
  if (actor.permissions.includes('imports:read')) {
    items.push({ path: '/imports', label: messages.imports.title });
  }
  if (actor.permissions.includes('audit:read')) {
    items.push({ path: '/audit-logs', label: messages.app.auditLogs });
  }
  if (actor.permissions.includes('access:manage')) {
    items.push({ path: '/access', label: messages.app.access });
  }
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <a href="#content" className="psa-skip-link" onClick={focusContent}>
        {messages.app.skipToContent}
      </a>
      <AppShell.Header bg="var(--psa-surface)">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={navigation.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-expanded={isOpen}
              aria-label={isOpen ? messages.app.closeNavigation : messages.app.openNavigation}
            />
            <Text fw={700} style={{ whiteSpace: 'nowrap' }}>
              {messages.app.name}
            </Text>
          </Group>
          <Group gap="sm" wrap="nowrap">
            <Text size="sm" c="dimmed" visibleFrom="sm">
              {messages.app.signedInAs(actor.name)}
            </Text>
            <OwnPasswordButton />
            <SignOutButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" bg="var(--psa-surface)" aria-label={messages.app.administration}>
        <AppShell.Section grow>
          <Navigation items={items} onChosen={navigation.close} />
        </AppShell.Section>
        <AppShell.Section p="xs">
          <LanguageSelect />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Stack gap="md" maw={1200}>
          <Notices notices={notices} />
          {props.children}
        </Stack>
      </AppShell.Main>
    </AppShell>
  );
}
