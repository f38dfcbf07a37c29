/** Long lists: rows are drawn only where they are seen, fetched as they are scrolled to, walked with the arrow keys and opened with Enter. */
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows of people take the focus; the row of titles has nothing to open
// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed by transform cannot be table elements; the roles say the same
import { Checkbox } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useCallback, useMemo } from 'react'
import type { Paged } from '../lib/paged.ts'
import type { Column } from './column.ts'
import { DataRow } from './data-row.tsx'
import classes from './data-table.module.css'
import { ErrorState, LoadingRows } from './states.tsx'
import { useRows } from './use-rows.ts'

export interface Sorting {
  by: string
  ascending: boolean
  onSort: (by: string) => void
}

export interface Selection {
  chosen: ReadonlySet<string>
  onChoose: (keys: ReadonlySet<string>) => void
}

interface DataTableProps<T> {
  /** What the rows are, for those who hear the page. */
  label: string
  columns: Column<T>[]
  paged: Paged<T, unknown>
  rowKey: (row: T) => string
  onOpen?: (row: T) => void
  /** The second line of a row where columns had to go. */
  detail?: (row: T) => ReactNode
  /** Below this width, in px, they had to. */
  narrowPx?: number
  empty: ReactNode
  /** How browser tests find its rows. */
  testId: string
  sorting?: Sorting
  selection?: Selection
}

/** Below this width a row is two lines, unless a table says otherwise: its first cell and its detail. */
const NARROW_PX = 640

export function DataTable<T>(props: DataTableProps<T>) {
  const { paged, label, empty, detail, rowKey, selection, onOpen, narrowPx = NARROW_PX } = props
  const { body, width, virtual, margin } = useRows(paged, rowKey)
  const columns = useMemo(
    () => props.columns.filter((column) => width >= (column.from ?? 0)),
    [props.columns, width],
  )
  const choose = useChoose(selection)
  const tracks = [...(selection ? ['28px'] : []), ...columns.map((column) => column.width)].join(' ')
  const nothing = !paged.isLoading && paged.rows.length === 0
  return (
    <div
      ref={body}
      role="table"
      aria-label={label}
      aria-rowcount={paged.total + 1}
      aria-busy={paged.isLoading || paged.isStale}
      className={classes.table}
      style={{ '--tracks': tracks } as object}
      onKeyDown={walk}
    >
      {nothing ? null : <Head {...props} columns={columns} />}
      {paged.isLoading ? <LoadingRows /> : null}
      {nothing ? paged.error ? <ErrorState error={paged.error} onRetry={paged.reload} /> : empty : null}
      <div role="rowgroup" className={classes.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = paged.rows[item.index]
          return row === undefined ? null : (
            <div
              key={item.key}
              data-index={item.index}
              ref={virtual.measureElement}
              className={classes.place}
              style={{ transform: `translateY(${item.start - margin}px)` }}
              role="presentation"
            >
              <DataRow
                row={row}
                index={item.index}
                columns={columns}
                chosen={selection ? selection.chosen.has(rowKey(row)) : undefined}
                onChoose={choose}
                rowKey={rowKey}
                onOpen={onOpen}
                testId={props.testId}
                detail={width < narrowPx ? detail : undefined}
              />
            </div>
          )
        })}
      </div>
      {paged.isLoadingMore ? <LoadingRows rows={2} /> : null}
    </div>
  )
}

function useChoose(selection: Selection | undefined) {
  return useCallback(
    (key: string) => {
      const next = new Set(selection?.chosen)
      if (!next.delete(key)) next.add(key)
      selection?.onChoose(next)
    },
    [selection],
  )
}

/** Up and down move between rows, wherever in a row the focus is. */
function walk(event: KeyboardEvent<HTMLDivElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  if (event.target instanceof HTMLInputElement && event.target.type !== 'checkbox') return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')]
  const here = rows.findIndex((row) => row.contains(document.activeElement))
  const next = rows[here + (event.key === 'ArrowDown' ? 1 : -1)]
  if (!next) return
  event.preventDefault()
  next.focus()
}

function Head<T>({ columns, sorting, selection, paged, rowKey }: DataTableProps<T>) {
  return (
    <div role="rowgroup" className={classes.head}>
      <div role="row" className={classes.headRow}>
        {selection ? <ChooseAll selection={selection} rows={paged.rows} rowKey={rowKey} /> : null}
        {columns.map((column) => (
          <div
            key={column.key}
            role="columnheader"
            data-align={column.align}
            aria-sort={sortOf(column, sorting)}
            className={classes.title}
          >
            {column.sort && sorting ? <SortButton column={column} sorting={sorting} /> : column.title}
          </div>
        ))}
      </div>
    </div>
  )
}

function sortOf<T>(column: Column<T>, sorting: Sorting | undefined): 'ascending' | 'descending' | undefined {
  if (!sorting || !column.sort || sorting.by !== column.sort) return undefined
  return sorting.ascending ? 'ascending' : 'descending'
}

function SortButton<T>({ column, sorting }: { column: Column<T>; sorting: Sorting }) {
  const Arrow = sorting.ascending ? IconArrowUp : IconArrowDown
  return (
    <button type="button" className={classes.sort} onClick={() => sorting.onSort(column.sort ?? '')}>
      {column.title}
      {sorting.by === column.sort ? <Arrow size={13} aria-hidden /> : null}
    </button>
  )
}

interface ChooseAllProps<T> {
  selection: Selection
  rows: readonly T[]
  rowKey: (row: T) => string
}

function ChooseAll<T>({ selection, rows, rowKey }: ChooseAllProps<T>) {
  const { chosen, onChoose } = selection
  const all = rows.length > 0 && chosen.size >= rows.length
  return (
    <div role="columnheader">
      <Checkbox
        size="xs"
        aria-label="Select all rows shown"
        checked={all}
        indeterminate={!all && chosen.size > 0}
        onChange={() => onChoose(all ? new Set() : new Set(rows.map(rowKey)))}
      />
    </div>
  )
}
