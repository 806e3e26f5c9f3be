import { useState } from 'react';
import type { ReactNode } from 'react';
import { Checkbox } from '@mantine/core';
import { listImportedLines } from '../../api/generated/api.js';
import type { ImportedLine } from '../../api/generated/api.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatAmount, formatDate } from '../../components/format.js';
import { PagedList, usePages } from '../../components/paged-list.js';
import { Panel } from '../../components/panel.js';
import { SignedAmount } from '../../components/signed-amount.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';

function useColumns(): Column<ImportedLine>[] {
  const { imports, common } = useMessages();
  return [
    { key: 'line', header: imports.line, isNumeric: true, isRowHeader: true, render: ({ line }) => line },
    { key: 'customer', header: imports.customer, render: ({ customerName }) => customerName },
    {
      key: 'product',
      header: imports.product,
      render: ({ productName }) => productName ?? common.noValue,
    },
    { key: 'charge', header: imports.charge, render: ({ chargeType }) => chargeType },
    {
      key: 'period',
      header: imports.period,
      render: ({ chargeStart, chargeEnd }) => `${formatDate(chargeStart)} – ${formatDate(chargeEnd)}`,
    },
    { key: 'quantity', header: imports.quantity, isNumeric: true, render: ({ quantity }) => quantity },
    {
      key: 'billed',
      header: imports.billed,
      isNumeric: true,
      render: ({ subtotal: amount, currency }) => formatAmount({ amount, currency }),
    },
    {
      key: 'expected',
      header: imports.expected,
      isNumeric: true,
      render: ({ explanation, currency }) =>
        explanation === null ? common.noValue : formatAmount({ amount: explanation.expected, currency }),
    },
    {
      key: 'rule',
      header: imports.rule,
      render: ({ explanation }) => (explanation === null ? common.noValue : imports.rules[explanation.rule]),
    },
    {
      key: 'difference',
      header: imports.difference,
      isNumeric: true,
      render: ({ explanation, currency }) =>
        explanation === null ? (
          common.noValue
        ) : (
          <SignedAmount value={{ amount: explanation.difference, currency }} />
        ),
    },
  ];
}

/** What an import kept, each line with the amount a rule gives. */
export function ImportedLines({ id }: { id: string }): ReactNode {
  const { imports } = useMessages();
  const client = useApi();
  const columns = useColumns();
  const [onlyDifferent, setOnlyDifferent] = useState(false);
  const pages = usePages(['import-lines', id, onlyDifferent], (cursor, signal) =>
    listImportedLines(client, id, { limit: 50, cursor, different: onlyDifferent }, signal),
  );
  return (
    <Panel title={imports.lines}>
      <Checkbox
        label={imports.onlyDifferent}
        checked={onlyDifferent}
        onChange={({ currentTarget }) => setOnlyDifferent(currentTarget.checked)}
      />
      <PagedList pages={pages} none={imports.noLines} shown={imports.linesShown}>
        {(items) => (
          <DataTable
            label={imports.lines}
            columns={columns}
            groups={[{ key: 'all', rows: items }]}
            rowKey={({ id: line }) => line}
          />
        )}
      </PagedList>
    </Panel>
  );
}
