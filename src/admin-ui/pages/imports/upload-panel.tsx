import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, FileButton, Group, NativeSelect, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { importPartnerCenterLines } from '../../api/generated/api.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';

type Options = NonNullable<Parameters<typeof importPartnerCenterLines>[2]>;
type Choice = 'format' | 'delimiter' | 'decimalMark' | 'dateFormat';

/** Sends a file, with what the person knows better than the detection, and opens what becomes of it. */
export function UploadPanel(): ReactNode {
  const { imports } = useMessages();
  const client = useApi();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const [chosen, setChosen] = useState<Partial<Record<Choice, string | undefined>>>({});
  const upload = useAction((file: File) =>
    importPartnerCenterLines(client, file, { ...chosen, fileName: file.name } as Options),
  );

  async function send(file: File | null): Promise<void> {
    if (file === null) return;
    const answer = await upload.run(file);
    if (answer?.ok !== true) return;
    void queryClient.invalidateQueries({ queryKey: ['imports'] });
    navigate(`/imports/${answer.value.id}`);
  }

  const select = (name: Choice, label: string, texts: Readonly<Record<string, string>>): ReactNode => (
    <NativeSelect
      label={label}
      value={chosen[name] ?? ''}
      data={[
        { value: '', label: imports.automatic },
        ...Object.entries(texts).map(([value, text]) => ({ value, label: text })),
      ]}
      onChange={({ currentTarget: { value } }) =>
        setChosen((before) => ({ ...before, [name]: value === '' ? undefined : value }))
      }
    />
  );

  return (
    <Panel title={imports.upload}>
      <Text size="sm">{imports.optionsHint}</Text>
      <Group align="end">
        {select('format', imports.chosenFormat, imports.formats)}
        {select('delimiter', imports.chosenDelimiter, imports.delimiters)}
        {select('decimalMark', imports.chosenMark, imports.marks)}
        {select('dateFormat', imports.chosenDates, imports.dates)}
        <FileButton accept=".csv,.json,.gz,.txt" onChange={(file) => void send(file)}>
          {(props) => (
            <Button {...props} loading={upload.isPending}>
              {imports.chooseFile}
            </Button>
          )}
        </FileButton>
      </Group>
      <Text role="status">{upload.isPending ? imports.uploading : ''}</Text>
      {upload.problem === null ? null : <ProblemNotice problem={upload.problem} title={imports.failed} />}
    </Panel>
  );
}
