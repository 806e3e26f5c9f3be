import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode, RefObject } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { MappingCandidate, MappingKind, MappingRow } from '../../api/mapping-rows.js';
import { useMessages } from '../../messages/messages.js';
import { MappingCells } from './mapping-cells.js';
import type { RowHandlers } from './mapping-cells.js';
import styles from './mapping-grid.module.css';

const ROW_HEIGHT = 64;
const ROWS_PER_PAGE = 10;
/** Rows from the end of what is read when more is asked for. */
const READ_AHEAD = 40;

export interface MappingGridProps {
  kind: MappingKind;
  rows: readonly MappingRow[];
  candidates: ReadonlyMap<string, readonly MappingCandidate[]>;
  hasMore: boolean;
  readMore: () => void;
  activeIndex: number;
  onActivate: (index: number) => void;
  selected: ReadonlySet<string>;
  refusals: ReadonlyMap<string, string>;
  canWrite: boolean;
  canSync: boolean;
  handlers: RowHandlers;
  onUndo: () => void;
  gridRef: RefObject<HTMLDivElement | null>;
}

/** Where the keys lead from a row; null for keys that do not move. */
export function rowAfterKey(key: string, index: number, count: number): number | null {
  const last = Math.max(0, count - 1);
  const targets: Record<string, number> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + ROWS_PER_PAGE,
    PageUp: index - ROWS_PER_PAGE,
    Home: 0,
    End: last,
  };
  const target = targets[key];
  return target === undefined ? null : Math.min(last, Math.max(0, target));
}

function isOwnControl(target: EventTarget, grid: HTMLElement): boolean {
  return target instanceof HTMLElement && target !== grid && target.closest('button, input') !== null;
}

/** The rows, of which only those in sight are drawn. Arrow keys move, the other keys act on the row they stand on. */
export function MappingGrid(props: MappingGridProps): ReactNode {
  const { mapping } = useMessages();
  const { rows, kind, activeIndex, hasMore, readMore, gridRef } = props;
  const id = useId();
  const sizer = useRef<HTMLDivElement>(null);
  // The rows begin below the head, which stays in sight.
  const [headHeight, setHeadHeight] = useState(0);
  useLayoutEffect(() => setHeadHeight(sizer.current?.offsetTop ?? 0), []);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => gridRef.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    getItemKey: (index) => rows[index]?.key ?? index,
  });
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && lastShown >= rows.length - READ_AHEAD) readMore();
  }, [hasMore, lastShown, rows.length, readMore]);

  // Also when a mapping that was made moves on to the next row.
  useEffect(() => virtualizer.scrollToIndex(activeIndex, { align: 'auto' }), [virtualizer, activeIndex]);

  function act(row: MappingRow, key: string): boolean {
    const { handlers, canWrite } = props;
    if (!canWrite) return false;
    if (key === 'Enter') handlers.choose(row);
    else if (key === ' ' && row.state === 'unmapped') handlers.toggle(row);
    else if (key === 'a' && row.state === 'unmapped') handlers.accept(row);
    else if (key === 'e' && row.state === 'unmapped') handlers.exclude(row);
    else if (key === 'u') props.onUndo();
    else return false;
    return true;
  }

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = rowAfterKey(event.key, activeIndex, rows.length);
    if (target !== null) {
      event.preventDefault();
      props.onActivate(target);
      return;
    }
    if (isOwnControl(event.target, event.currentTarget)) return;
    const row = rows[activeIndex];
    if (row !== undefined && act(row, event.key.length === 1 ? event.key.toLowerCase() : event.key)) {
      event.preventDefault();
    }
  }

  const isDrawn = items.some(({ index }) => index === activeIndex);
  return (
    <div
      ref={gridRef}
      role="grid"
      tabIndex={0}
      aria-label={mapping.lists[kind]}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      aria-colcount={5}
      aria-multiselectable="true"
      aria-activedescendant={isDrawn ? `${id}-${activeIndex}` : undefined}
      className={styles['grid']}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={styles['head']}>
          <span role="columnheader" aria-label={mapping.selection} />
          <span role="columnheader">{mapping.subjects[kind]}</span>
          <span role="columnheader">{mapping.targets[kind]}</span>
          <span role="columnheader">{mapping.state}</span>
          <span role="columnheader">{mapping.actions}</span>
        </div>
      </div>
      <div
        role="rowgroup"
        ref={sizer}
        className={styles['body']}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const isSelected = props.selected.has(row.key);
          return (
            <div
              key={key}
              id={`${id}-${index}`}
              data-index={index}
              ref={virtualizer.measureElement}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={isSelected}
              data-active={index === activeIndex ? '' : undefined}
              className={styles['row']}
              style={{ transform: `translateY(${start - headHeight}px)` }}
              onClick={() => props.onActivate(index)}
            >
              <MappingCells
                row={row}
                kind={kind}
                best={row.state === 'unmapped' ? props.candidates.get(row.key)?.[0] : undefined}
                isSelected={isSelected}
                canWrite={props.canWrite}
                canSync={props.canSync}
                refusal={props.refusals.get(row.key)}
                handlers={props.handlers}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
