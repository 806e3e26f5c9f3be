import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, FileButton, Group, Stack, Text } from '@mantine/core';
import type { MappingCalls, MappingImport } from '../../api/mappings.js';
import { DataTable } from '../../components/data-table.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { Notice } from '../../components/tone.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';

interface ImportProps {
  calls: MappingCalls;
  onImported: () => Promise<void>;
  onClose: () => void;
}

type Rejection = MappingImport['rejections'][number];

function ImportResult({ result }: { result: MappingImport }): ReactNode {
  const { mapping, common } = useMessages();
  const { lines, rejections } = result;
  return (
    <Stack gap="sm">
      <Notice tone={lines.rejected === 0 ? 'good' : 'warning'} role="status" title={mapping.importResult}>
        <p>{mapping.importLines(lines.read)}</p>
        <p>{mapping.importCounts(lines.accepted, lines.unchanged, lines.rejected)}</p>
      </Notice>
      {rejections.length === 0 ? null : (
        <DataTable<Rejection>
          label={mapping.rejections}
          groups={[{ key: 'all', rows: rejections }]}
          rowKey={(row) => `${row.line} ${row.column ?? ''} ${row.code}`}
          columns={[
            { key: 'line', header: mapping.line, isNumeric: true, render: ({ line }) => line },
            {
              key: 'column',
              header: mapping.column,
              render: ({ column }) => column ?? common.noValue,
            },
            { key: 'why', header: mapping.why, render: ({ detail }) => detail },
            { key: 'code', header: mapping.code, render: ({ code }) => <code>{code}</code> },
          ]}
        />
      )}
    </Stack>
  );
}

function ImportForm({ calls, onImported, onClose }: ImportProps): ReactNode {
  const { mapping, common } = useMessages();
  const [result, setResult] = useState<MappingImport | null>(null);
  const action = useAction(async (file: File) => calls.importCsv(await file.text()));

  async function importFile(file: File | null): Promise<void> {
    if (file === null) return;
    setResult(null);
    const answer = await action.run(file);
    if (answer?.ok !== true) return;
    setResult(answer.value);
    await onImported();
  }

  return (
    <Stack gap="md">
      <Text size="sm">{mapping.importHint}</Text>
      <Group>
        <FileButton accept=".csv,text/csv" onChange={(file) => void importFile(file)}>
          {(props) => (
            <Button {...props} loading={action.isPending} data-autofocus>
              {mapping.chooseFile}
            </Button>
          )}
        </FileButton>
      </Group>
      <Text role="status">{action.isPending ? mapping.importing : ''}</Text>
      {action.problem === null ? null : (
        <ProblemNotice problem={action.problem} title={mapping.importFailed} />
      )}
      {result === null ? null : <ImportResult result={result} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {common.close}
        </Button>
      </Group>
    </Stack>
  );
}

/** Imports mappings from a CSV file and shows what became of each line. */
export function ImportDialog(props: ImportProps): ReactNode {
  const { mapping } = useMessages();
  return (
    <Dialog isOpen onClose={props.onClose} size="xl" title={mapping.importTitle}>
      <ImportForm {...props} />
    </Dialog>
  );
}
