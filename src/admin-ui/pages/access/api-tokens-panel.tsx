import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { listApiTokens, revokeApiToken } from '../../api/access.js';
import type { ApiToken } from '../../api/access.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { Icon } from '../../components/icons.js';
import { Instant } from '../../components/instant.js';
import { PagedList, usePages } from '../../components/paged-list.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { ToneBadge } from '../../components/tone.js';
import { useAction } from '../../components/use-action.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { AddApiTokenDialog } from './add-api-token-dialog.js';

function TokenState({ token }: { token: ApiToken }): ReactNode {
  const { accounts: texts } = useMessages();
  if (token.revokedAt !== null) return <ToneBadge tone="neutral">{texts.revoked}</ToneBadge>;
  return Date.parse(token.expiresAt) <= Date.now() ? (
    <ToneBadge tone="neutral">{texts.expired}</ToneBadge>
  ) : (
    <ToneBadge tone="good">{texts.active}</ToneBadge>
  );
}

function useColumns(actions: (token: ApiToken) => ReactNode): Column<ApiToken>[] {
  const { accounts: texts } = useMessages();
  return [
    {
      key: 'name',
      header: texts.tokenName,
      isRowHeader: true,
      render: (row) => <span style={{ overflowWrap: 'anywhere' }}>{row.name}</span>,
    },
    { key: 'permissions', header: texts.permissions, render: (row) => row.permissions.join(', ') },
    { key: 'tenant', header: texts.tenant, render: (row) => row.tenantId },
    { key: 'state', header: texts.state, render: (row) => <TokenState token={row} /> },
    { key: 'expires', header: texts.expires, render: (row) => <Instant value={row.expiresAt} /> },
    {
      key: 'lastUsed',
      header: texts.lastUsed,
      render: (row) => (row.lastUsedAt === null ? texts.never : <Instant value={row.lastUsedAt} />),
    },
    { key: 'actions', header: texts.actions, render: actions },
  ];
}

function TokenList(): ReactNode {
  const messages = useMessages();
  const { accounts: texts } = messages;
  const client = useApi();
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  const revoke = useAction((id: string) => revokeApiToken(client, id));

  async function revokeNow({ id, name }: ApiToken): Promise<void> {
    const result = await revoke.run(id);
    if (result?.ok !== true) return;
    announce(texts.revokedToken(name));
    await queryClient.invalidateQueries({ queryKey: ['api-tokens'] });
  }

  const columns = useColumns((row) =>
    row.revokedAt === null ? (
      <Button
        size="xs"
        variant="default"
        disabled={revoke.isPending}
        aria-label={texts.revokeOf(row.name)}
        onClick={() => void revokeNow(row)}
      >
        {texts.revoke}
      </Button>
    ) : (
      messages.common.noValue
    ),
  );
  const pages = usePages(['api-tokens'], (cursor, signal) => listApiTokens(client, { cursor, signal }));
  return (
    <PagedList pages={pages} none={texts.noTokens} shown={texts.shownTokens} hidesCount>
      {(items) => (
        <>
          {revoke.problem === null ? null : <ProblemNotice problem={revoke.problem} title={texts.notDone} />}
          <DataTable
            label={texts.tokens}
            columns={columns}
            groups={[{ key: 'all', rows: items }]}
            rowKey={(row) => row.id}
          />
        </>
      )}
    </PagedList>
  );
}

export function ApiTokensPanel(): ReactNode {
  const messages = useMessages();
  const [isAdding, setAdding] = useState(false);
  return (
    <Panel
      title={messages.accounts.tokens}
      actions={
        <Button leftSection={<Icon name="plus" />} onClick={() => setAdding(true)}>
          {messages.accounts.addToken}
        </Button>
      }
    >
      <TokenList />
      <AddApiTokenDialog isOpen={isAdding} onClose={() => setAdding(false)} />
    </Panel>
  );
}
