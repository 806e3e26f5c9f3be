import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '@mantine/core';
import { listAccounts } from '../../api/access.js';
import type { Account } from '../../api/access.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { Icon } from '../../components/icons.js';
import { Instant } from '../../components/instant.js';
import { PagedList, usePages } from '../../components/paged-list.js';
import { Panel } from '../../components/panel.js';
import { ToneBadge } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { AddAccountDialog } from './add-account-dialog.js';
import { EditAccountDialog } from './edit-account-dialog.js';

function useColumns(onEdit: (account: Account) => void): Column<Account>[] {
  const { accounts: texts } = useMessages();
  return [
    {
      key: 'userName',
      header: texts.userName,
      isRowHeader: true,
      render: (row) => <span style={{ overflowWrap: 'anywhere' }}>{row.userName}</span>,
    },
    { key: 'displayName', header: texts.displayName, render: (row) => row.displayName },
    { key: 'role', header: texts.role, render: (row) => texts.roles[row.role] },
    { key: 'tier', header: texts.tier, render: (row) => texts.tiers[row.tier] },
    { key: 'tenant', header: texts.tenant, render: (row) => row.tenantId },
    {
      key: 'state',
      header: texts.state,
      render: (row) => (
        <ToneBadge tone={row.enabled ? 'good' : 'neutral'}>
          {row.enabled ? texts.active : texts.disabled}
        </ToneBadge>
      ),
    },
    {
      key: 'lastSignIn',
      header: texts.lastSignIn,
      render: (row) => (row.lastSignInAt === null ? texts.never : <Instant value={row.lastSignInAt} />),
    },
    {
      key: 'actions',
      header: texts.actions,
      render: (row) => (
        <Button
          size="xs"
          variant="default"
          aria-label={texts.editOf(row.displayName)}
          onClick={() => onEdit(row)}
        >
          {texts.edit}
        </Button>
      ),
    },
  ];
}

function AccountList({ onEdit }: { onEdit: (account: Account) => void }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const columns = useColumns(onEdit);
  const pages = usePages(['accounts'], (cursor, signal) => listAccounts(client, { cursor, signal }));
  return (
    <PagedList
      pages={pages}
      none={messages.accounts.noAccounts}
      shown={messages.accounts.shownAccounts}
      hidesCount
    >
      {(items) => (
        <DataTable
          label={messages.accounts.accounts}
          columns={columns}
          groups={[{ key: 'all', rows: items }]}
          rowKey={(row) => row.id}
        />
      )}
    </PagedList>
  );
}

export function AccountsPanel(): ReactNode {
  const messages = useMessages();
  const [isAdding, setAdding] = useState(false);
  const [edited, setEdited] = useState<Account | null>(null);
  return (
    <Panel
      title={messages.accounts.accounts}
      actions={
        <Button leftSection={<Icon name="plus" />} onClick={() => setAdding(true)}>
          {messages.accounts.add}
        </Button>
      }
    >
      <AccountList onEdit={setEdited} />
      <AddAccountDialog isOpen={isAdding} onClose={() => setAdding(false)} />
      <EditAccountDialog account={edited} onClose={() => setEdited(null)} />
    </Panel>
  );
}
