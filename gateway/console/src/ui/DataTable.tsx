import { Button, Group, VisuallyHidden } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './DataTable.module.css';

export interface Column<Row> {
  key: string;
  /** Always named; `unseen` for a column that needs no head: what can be done with the row. */
  label: string;
  unseen?: boolean;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end of their column. */
  end?: boolean;
  /** Never broken into lines, where there is room: a record number, a date. */
  whole?: boolean;
  /** A name, which can be long: broken wherever it must be, but never into a column of letters. */
  named?: boolean;
}

interface Props<Row> {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  /** Named for screen readers. */
  label: string;
  onOpen?: (row: Row) => void;
  more?: { load: () => void; loading: boolean } | undefined;
  height?: string;
}

const ROW_HEIGHT = 40;
const VIRTUAL_FROM = 100;

/**
 * A table of any length: only the rows in sight are in the page once there are many. On a phone its rows are cards; the
 * roles are said because a table that is laid out otherwise is none for a screen reader.
 */
export function DataTable<Row>({ rows, columns, rowKey, label, onOpen, more, height }: Props<Row>) {
  const { t } = useTranslation('ui');
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = rows.length > VIRTUAL_FROM;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    enabled: virtual,
  });
  const seen = virtual ? virtualizer.getVirtualItems() : rows.map((_, index) => ({ index, start: 0, end: 0 }));
  const before = virtual ? (seen[0]?.start ?? 0) : 0;
  const after = virtual ? virtualizer.getTotalSize() - (seen.at(-1)?.end ?? 0) : 0;
  return (
    <>
      <div
        ref={scroll}
        className={classes.scroll}
        style={height ? { maxHeight: height } : {}}
        data-virtual={virtual || undefined}
        tabIndex={0}
        role="region"
        aria-label={label}
      >
        <table role="table" className={classes.table} aria-rowcount={rows.length + 1}>
          <thead role="rowgroup">
            <tr role="row">
              {columns.map((column) => (
                <th key={column.key} role="columnheader" scope="col" className={column.end ? classes.end : undefined}>
                  {column.unseen ? <VisuallyHidden>{column.label}</VisuallyHidden> : column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {before > 0 && <Spacer height={before} columns={columns.length} />}
            {seen.map(({ index }) => {
              const row = rows[index];
              if (row === undefined) return null;
              return (
                <tr
                  key={rowKey(row)}
                  ref={virtual ? virtualizer.measureElement : undefined}
                  data-index={index}
                  role="row"
                  aria-rowindex={index + 2}
                  className={onOpen ? classes.row : undefined}
                  onClick={onOpen ? () => onOpen(row) : undefined}
                >
                  {columns.map((column) => (
                    <Cell key={column.key} column={column} row={row} />
                  ))}
                </tr>
              );
            })}
            {after > 0 && <Spacer height={after} columns={columns.length} />}
          </tbody>
        </table>
      </div>
      {more && (
        <Group justify="center">
          <Button variant="default" size="xs" loading={more.loading} onClick={more.load}>
            {t('loadMore')}
          </Button>
        </Group>
      )}
    </>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const content = column.cell(row);
  const empty = content === null || content === undefined || content === '' || content === false;
  return (
    <td
      role="cell"
      className={column.end ? classes.end : undefined}
      data-label={column.label}
      data-whole={column.whole}
      data-named={column.named}
      data-acts={column.unseen}
      data-empty={empty || undefined}
    >
      <div dir="auto">{content}</div>
    </td>
  );
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr className={classes.spacer} aria-hidden>
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}
