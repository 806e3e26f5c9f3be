import type { ReactNode } from 'react';
import styles from './data-table.module.css';

export interface Column<T> {
  key: string;
  header: string;
  render: (row: T) => ReactNode;
  /** Numbers line up at the end. */
  isNumeric?: boolean;
  /** Holds sentences, so that it takes the room the others leave. */
  isWide?: boolean;
  /** Never broken into lines. */
  isShort?: boolean;
  /** The cell that names its row. */
  isRowHeader?: boolean;
}

export interface RowGroup<T> {
  key: string;
  /** Named above its rows; absent for a table without groups. */
  header?: ReactNode;
  rows: readonly T[];
  /** Shown when the group has no rows. */
  empty?: string;
}

function cellClass<T>(column: Column<T>): string | undefined {
  if (column.isNumeric === true) return styles['end'];
  if (column.isWide === true) return styles['wide'];
  return column.isShort === true ? styles['short'] : undefined;
}

function Cell<T>({ column, row }: { column: Column<T>; row: T }): ReactNode {
  const content = (
    <>
      <span className={styles['label']} aria-hidden="true">
        {column.header}
      </span>
      <span className={styles['value']}>{column.render(row)}</span>
    </>
  );
  const className = cellClass(column);
  return column.isRowHeader === true ? (
    <th scope="row" role="rowheader" className={className}>
      {content}
    </th>
  ) : (
    <td role="cell" className={className}>
      {content}
    </td>
  );
}

function Group<T>(props: {
  group: RowGroup<T>;
  columns: readonly Column<T>[];
  rowKey: (row: T) => string;
}): ReactNode {
  const { group, columns } = props;
  return (
    <tbody role="rowgroup">
      {group.header === undefined ? null : (
        <tr role="row">
          <th role="rowheader" scope="rowgroup" colSpan={columns.length} className={styles['group']}>
            {group.header}
          </th>
        </tr>
      )}
      {group.rows.length === 0 && group.empty !== undefined ? (
        <tr role="row">
          <td role="cell" colSpan={columns.length}>
            {group.empty}
          </td>
        </tr>
      ) : null}
      {group.rows.map((row) => (
        <tr role="row" key={props.rowKey(row)}>
          {columns.map((column) => (
            <Cell key={column.key} column={column} row={row} />
          ))}
        </tr>
      ))}
    </tbody>
  );
}

/** A table that becomes one block per row on narrow screens. */
export function DataTable<T>(props: {
  label: string;
  columns: readonly Column<T>[];
  groups: readonly RowGroup<T>[];
  rowKey: (row: T) => string;
}): ReactNode {
  return (
    <table role="table" aria-label={props.label} className={styles['table']}>
      <thead role="rowgroup">
        <tr role="row">
          {props.columns.map((column) => (
            <th key={column.key} role="columnheader" scope="col" className={cellClass(column)}>
              {column.header}
            </th>
          ))}
        </tr>
      </thead>
      {props.groups.map((group) => (
        <Group key={group.key} group={group} columns={props.columns} rowKey={props.rowKey} />
      ))}
    </table>
  );
}
