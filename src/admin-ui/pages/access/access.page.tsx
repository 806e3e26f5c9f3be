import type { ReactNode } from 'react';
import { Stack, Text } from '@mantine/core';
import { PageTitle } from '../../components/page-title.js';
import { useMessages } from '../../messages/messages.js';
import { AccountsPanel } from './accounts-panel.js';
import { ApiTokensPanel } from './api-tokens-panel.js';

/** Administration › Accounts: who signs in to a host that keeps accounts of its own, and the tokens of programs. */
export function AccessPage(): ReactNode {
  const messages = useMessages();
  return (
    <Stack gap="md">
      <PageTitle>{messages.accounts.title}</PageTitle>
      <Text c="dimmed">{messages.accounts.intro}</Text>
      <AccountsPanel />
      <ApiTokensPanel />
    </Stack>
  );
}
