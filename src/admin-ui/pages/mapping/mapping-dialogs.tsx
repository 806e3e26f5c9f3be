import type { ReactNode } from 'react';
import type { MappingCandidate, MappingKind, MappingRow } from '../../api/mapping-rows.js';
import type { MappingCalls } from '../../api/mappings.js';
import { ReasonDialog } from '../../components/reason-dialog.js';
import { useMessages } from '../../messages/messages.js';
import { ImportDialog } from './import-dialog.js';
import { TargetDialog } from './target-dialog.js';

export type OpenDialog = { kind: 'target' | 'exclude'; row: MappingRow } | { kind: 'import' };

interface DialogsProps {
  open: OpenDialog | null;
  calls: MappingCalls;
  connectionId: string;
  kind: MappingKind;
  candidates: ReadonlyMap<string, readonly MappingCandidate[]>;
  onMap: (row: MappingRow, target: { id: string; name: string }) => Promise<void>;
  onExclude: (row: MappingRow, reason: string) => Promise<void>;
  onImported: () => Promise<void>;
  onClose: () => void;
}

/** The dialogs of the mapping page, of which one is open at most. */
export function MappingDialogs(props: DialogsProps): ReactNode {
  const { mapping } = useMessages();
  const { open, calls, onClose } = props;
  if (open === null) return null;
  if (open.kind === 'import') {
    return <ImportDialog calls={calls} onImported={props.onImported} onClose={onClose} />;
  }
  const { row } = open;
  if (open.kind === 'exclude') {
    return (
      <ReasonDialog
        isOpen
        title={mapping.excludeTitle(row.name)}
        hint={mapping.excludeHint}
        confirm={mapping.exclude}
        notDone={mapping.notDone}
        onConfirm={(reason) => props.onExclude(row, reason)}
        onClose={onClose}
      />
    );
  }
  return (
    <TargetDialog
      calls={calls}
      connectionId={props.connectionId}
      kind={props.kind}
      row={row}
      candidates={props.candidates.get(row.key)}
      onChosen={props.onMap}
      onClose={onClose}
    />
  );
}
