import type { ReactNode } from 'react';
import { Button, Group, Kbd, Text } from '@mantine/core';
import type { MappingKind } from '../../api/mapping-rows.js';
import type { MappingCalls } from '../../api/mappings.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { saveFile } from '../../components/save-file.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import type { Undoable } from './use-undo.js';

interface ToolbarProps {
  calls: MappingCalls;
  kind: MappingKind;
  canWrite: boolean;
  isBusy: boolean;
  selectedCount: number;
  lastDone: Undoable | null;
  onSelectCertain: () => void;
  onClearSelection: () => void;
  onAccept: () => void;
  onUndo: () => void;
  onImport: () => void;
}

function WritingButtons(props: ToolbarProps): ReactNode {
  const { mapping } = useMessages();
  const hasSelection = props.selectedCount > 0;
  return (
    <Group gap="xs">
      {hasSelection ? (
        <>
          <Button size="xs" loading={props.isBusy} onClick={props.onAccept}>
            {mapping.acceptSelected(props.selectedCount)}
          </Button>
          <Button size="xs" variant="default" onClick={props.onClearSelection}>
            {mapping.clearSelection}
          </Button>
        </>
      ) : (
        <Button size="xs" variant="default" onClick={props.onSelectCertain}>
          {mapping.selectCertain}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        disabled={props.lastDone === null || props.isBusy}
        title={props.lastDone === null ? undefined : mapping.undoOf(props.lastDone.label)}
        onClick={props.onUndo}
      >
        {mapping.undo}
      </Button>
    </Group>
  );
}

/** What can be done to many rows at once. */
export function MappingToolbar(props: ToolbarProps): ReactNode {
  const { mapping } = useMessages();
  const download = useAction(() => props.calls.exportCsv());

  async function save(): Promise<void> {
    const result = await download.run();
    if (result?.ok === true) saveFile(result.value, `${props.kind}-mappings.csv`);
  }

  return (
    <>
      <Group justify="space-between" gap="xs">
        {props.canWrite ? <WritingButtons {...props} /> : <span />}
        <Group gap="xs">
          <Button size="xs" variant="default" loading={download.isPending} onClick={() => void save()}>
            {mapping.exportCsv}
          </Button>
          {props.canWrite ? (
            <Button size="xs" variant="default" onClick={props.onImport}>
              {mapping.importCsv}
            </Button>
          ) : null}
        </Group>
      </Group>
      {download.problem === null ? null : (
        <ProblemNotice problem={download.problem} title={mapping.exportFailed} />
      )}
    </>
  );
}

/** The keys of the list, for those who have a keyboard. */
export function MappingKeys(): ReactNode {
  const { mapping } = useMessages();
  return (
    <Group component="section" gap="sm" aria-label={mapping.keysTitle} visibleFrom="sm">
      {mapping.keys.map(([key, does]) => (
        <Text key={key} size="xs" c="dimmed" span>
          <Kbd size="xs">{key}</Kbd> {does}
        </Text>
      ))}
    </Group>
  );
}
