import { memo } from 'react';
import type { ReactNode } from 'react';
import { Button, Checkbox } from '@mantine/core';
import type { MappingCandidate, MappingKind, MappingRow, MappingState } from '../../api/mapping-rows.js';
import { formatLocale } from '../../components/format.js';
import { ToneBadge } from '../../components/tone.js';
import type { Tone } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';
import styles from './mapping-grid.module.css';

/** What can be done with a row; stable functions, so that unchanged rows are not drawn again. */
export interface RowHandlers {
  toggle: (row: MappingRow) => void;
  choose: (row: MappingRow) => void;
  accept: (row: MappingRow) => void;
  exclude: (row: MappingRow) => void;
  remove: (row: MappingRow) => void;
  syncNow: (row: MappingRow) => void;
}

export interface RowView {
  row: MappingRow;
  kind: MappingKind;
  best: MappingCandidate | undefined;
  isSelected: boolean;
  canWrite: boolean;
  canSync: boolean;
  refusal: string | undefined;
  handlers: RowHandlers;
}

const TONES: Record<MappingState, Tone> = { unmapped: 'warning', mapped: 'good', excluded: 'neutral' };

function percent(share: number): string {
  return new Intl.NumberFormat(formatLocale(), { style: 'percent' }).format(share);
}

export function Candidate({ candidate }: { candidate: MappingCandidate }): ReactNode {
  const { mapping } = useMessages();
  const reasons = candidate.reasons.map((reason) => mapping.reasons[reason]).join(', ');
  return (
    <span className={styles['note']}>
      {mapping.score(percent(candidate.score))}
      {reasons === '' ? null : `, ${mapping.reasonsOf(reasons)}`}
    </span>
  );
}

function Target({ row, best }: RowView): ReactNode {
  const { mapping, common } = useMessages();
  if (row.state === 'mapped') return <span>{row.targetName ?? row.targetId}</span>;
  if (row.state === 'excluded') {
    return (
      <span className={styles['note']}>
        {mapping.reason}: {row.reason ?? common.noValue}
      </span>
    );
  }
  if (best === undefined) return <span className={styles['note']}>{mapping.noSuggestion}</span>;
  return (
    <>
      <div>
        {mapping.suggested}: {best.name}
      </div>
      <Candidate candidate={best} />
    </>
  );
}

function Actions({ row, best, canWrite, canSync, handlers }: RowView): ReactNode {
  const { mapping } = useMessages();
  const common = { size: 'compact-sm', variant: 'default', tabIndex: -1 } as const;
  const isOutOfSync = row.syncState === 'outOfSync';
  return (
    <>
      {canSync && isOutOfSync ? (
        <Button {...common} aria-label={mapping.syncNowOf(row.name)} onClick={() => handlers.syncNow(row)}>
          {mapping.syncNow}
        </Button>
      ) : null}
      {canWrite && row.state === 'unmapped' && best !== undefined ? (
        <Button
          {...common}
          variant="filled"
          aria-label={mapping.acceptOf(row.name, best.name)}
          onClick={() => handlers.accept(row)}
        >
          {mapping.accept}
        </Button>
      ) : null}
      {canWrite ? (
        <Button
          {...common}
          aria-label={row.state === 'mapped' ? mapping.changeOf(row.name) : mapping.chooseFor(row.name)}
          onClick={() => handlers.choose(row)}
        >
          {row.state === 'mapped' ? mapping.change : mapping.choose}
        </Button>
      ) : null}
      {canWrite && row.state === 'unmapped' ? (
        <Button {...common} aria-label={mapping.excludeTitle(row.name)} onClick={() => handlers.exclude(row)}>
          {mapping.exclude}
        </Button>
      ) : null}
      {canWrite && row.state !== 'unmapped' ? (
        <Button
          {...common}
          aria-label={row.state === 'mapped' ? mapping.removeOf(row.name) : mapping.undoExclusionOf(row.name)}
          onClick={() => handlers.remove(row)}
        >
          {row.state === 'mapped' ? mapping.remove : mapping.undoExclusion}
        </Button>
      ) : null}
    </>
  );
}

/** The cells of one row. */
export const MappingCells = memo(function MappingCells(view: RowView): ReactNode {
  const { mapping } = useMessages();
  const { row, isSelected, canWrite, refusal, handlers } = view;
  return (
    <>
      <div role="gridcell">
        {canWrite && row.state === 'unmapped' ? (
          <Checkbox
            tabIndex={-1}
            checked={isSelected}
            aria-label={mapping.select(row.name)}
            onChange={() => handlers.toggle(row)}
          />
        ) : null}
      </div>
      <div role="rowheader">
        <div className={styles['name']}>{row.name}</div>
        <div className={styles['note']}>{row.note}</div>
      </div>
      <div role="gridcell">
        <Target {...view} />
        {refusal === undefined ? null : <div className={styles['refusal']}>{refusal}</div>}
      </div>
      <div role="gridcell">
        <ToneBadge tone={TONES[row.state]}>{mapping.states[row.state]}</ToneBadge>
        {row.syncState === null ? null : (
          <ToneBadge tone={row.syncState === 'synced' ? 'good' : 'bad'} icon="sync">
            {mapping.syncStates[row.syncState]}
          </ToneBadge>
        )}
      </div>
      <div role="gridcell" className={styles['actions']}>
        <Actions {...view} />
      </div>
    </>
  );
});
