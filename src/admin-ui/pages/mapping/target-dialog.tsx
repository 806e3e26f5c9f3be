import { useId, useMemo, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { MappingCandidate, MappingKind, MappingRow } from '../../api/mapping-rows.js';
import type { MappingCalls } from '../../api/mappings.js';
import { toProblem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { Candidate } from './mapping-cells.js';
import styles from './target-dialog.module.css';

const TYPING_PAUSE_MS = 200;

interface TargetProps {
  calls: MappingCalls;
  connectionId: string;
  kind: MappingKind;
  row: MappingRow;
  /** Known already; else they are asked for. */
  candidates: readonly MappingCandidate[] | undefined;
  onChosen: (row: MappingRow, target: { id: string; name: string }) => Promise<void>;
  onClose: () => void;
}

interface Option {
  id: string;
  name: string;
  note: string;
  candidate: MappingCandidate | null;
}

/** Suggestions of this row while nothing is typed, then what the search finds. */
function useOptions(props: TargetProps, search: string): { options: Option[]; problem: unknown } {
  const { calls, connectionId, kind, row } = props;
  const suggestions = useQuery({
    queryKey: ['mapping-suggestions', connectionId, kind, 'of', row.key],
    queryFn: async ({ signal }) => {
      const { items } = await calls.suggest({ search: row.offer?.name ?? row.key }, signal);
      return items.find(({ key }) => key === row.key)?.candidates ?? [];
    },
    enabled: props.candidates === undefined && row.state === 'unmapped',
  });
  const targets = useQuery({
    queryKey: ['mapping-targets', connectionId, kind, search],
    queryFn: ({ signal }) => calls.findTargets(search, signal),
    placeholderData: keepPreviousData,
  });
  const candidates = props.candidates ?? suggestions.data;
  const options = useMemo(() => {
    const suggested: Option[] =
      search === ''
        ? (candidates ?? []).map((candidate) => ({ ...candidate, note: candidate.id, candidate }))
        : [];
    const known = new Set(suggested.map(({ id }) => id));
    const found = (targets.data ?? []).filter(({ id }) => !known.has(id));
    return [...suggested, ...found.map((target) => ({ ...target, candidate: null }))];
  }, [candidates, targets.data, search]);
  return { options, problem: targets.error };
}

function TargetForm(props: TargetProps): ReactNode {
  const { mapping, common } = useMessages();
  const { row, kind } = props;
  const id = useId();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), TYPING_PAUSE_MS);
  const [active, setActive] = useState(0);
  const { options, problem } = useOptions(props, search);
  const map = useAction((option: Option) => props.onChosen(row, option));
  const activeIndex = Math.min(active, Math.max(0, options.length - 1));

  async function choose(option: Option | undefined): Promise<void> {
    if (option === undefined) return;
    const result = await map.run(option);
    if (result?.ok === true) props.onClose();
  }

  function move(to: number): void {
    setActive(to);
    document.getElementById(`${id}-${to}`)?.scrollIntoView({ block: 'nearest' });
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key === 'ArrowDown') move(Math.min(activeIndex + 1, options.length - 1));
    else if (event.key === 'ArrowUp') move(Math.max(activeIndex - 1, 0));
    else if (event.key === 'Enter') void choose(options[activeIndex]);
    else return;
    event.preventDefault();
  }

  return (
    <Stack gap="md">
      <TextInput
        label={mapping.targetSearch}
        description={mapping.targetsHint}
        value={typed}
        maxLength={100}
        autoComplete="off"
        role="combobox"
        aria-expanded={options.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={options.length > 0 ? `${id}-${activeIndex}` : undefined}
        data-autofocus
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      {map.problem === null ? null : <ProblemNotice problem={map.problem} title={mapping.notDone} />}
      {problem === null || problem === undefined ? null : <ProblemNotice problem={toProblem(problem)} />}
      {options.length === 0 ? <Text role="status">{mapping.noTargets}</Text> : null}
      <ul
        id={`${id}-list`}
        role="listbox"
        aria-label={mapping.targetsFound[kind]}
        className={styles['list']}
        hidden={options.length === 0}
      >
        {options.map((option, index) => (
          <li
            key={option.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === activeIndex}
            data-active={index === activeIndex ? '' : undefined}
            className={styles['option']}
            onMouseMove={() => setActive(index)}
            onClick={() => void choose(option)}
          >
            {option.name}
            <span className={styles['note']}>{option.note}</span>
            {option.candidate === null ? null : (
              <span className={styles['note']}>
                {mapping.suggested}: <Candidate candidate={option.candidate} />
              </span>
            )}
          </li>
        ))}
      </ul>
      <Group justify="flex-end">
        <Button variant="default" onClick={props.onClose}>
          {common.cancel}
        </Button>
        <Button
          loading={map.isPending}
          disabled={options.length === 0}
          onClick={() => void choose(options[activeIndex])}
        >
          {mapping.map}
        </Button>
      </Group>
    </Stack>
  );
}

/** Chooses the counterpart of one row; the first suggestion is ready to be taken with Enter. */
export function TargetDialog(props: TargetProps): ReactNode {
  const { mapping } = useMessages();
  return (
    <Dialog isOpen onClose={props.onClose} size="lg" title={mapping.chooseFor(props.row.name)}>
      <TargetForm {...props} />
    </Dialog>
  );
}
