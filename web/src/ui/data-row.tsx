/** One row of a table. Drawn again only when its own values change, since a list is redrawn with every scroll. */
// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed by transform cannot be table elements; the roles say the same
import { Checkbox } from '@mantine/core'
import { type KeyboardEvent, memo, type ReactNode } from 'react'
import type { Column } from './column.ts'
import classes from './data-table.module.css'

interface DataRowProps<T> {
  row: T
  index: number
  columns: Column<T>[]
  /** undefined: this table has nothing to choose. */
  chosen: boolean | undefined
  onChoose: (key: string) => void
  rowKey: (row: T) => string
  onOpen: ((row: T) => void) | undefined
  testId: string
  detail: ((row: T) => ReactNode) | undefined
}

function Row<T>({ row, index, columns, chosen, onChoose, rowKey, onOpen, testId, detail }: DataRowProps<T>) {
  const choose = () => onChoose(rowKey(row))
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget) return
    if (event.key === 'Enter') onOpen?.(row)
    if (event.key === ' ' && chosen !== undefined) choose()
    if (event.key === ' ' || event.key === 'Enter') event.preventDefault()
  }
  return (
    <div
      role="row"
      data-row
      data-testid={testId}
      tabIndex={0}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={classes.row}
      data-opens={onOpen ? true : undefined}
      onClick={() => onOpen?.(row)}
      onKeyDown={press}
    >
      {chosen === undefined ? null : (
        <div role="cell" className={classes.choose}>
          <Checkbox
            size="xs"
            aria-label="Select this row"
            checked={chosen}
            onClick={(event) => event.stopPropagation()}
            onChange={choose}
          />
        </div>
      )}
      {columns.map((column, place) => (
        <div key={column.key} role="cell" data-align={column.align} className={classes.cell}>
          {column.cell(row)}
          {place === 0 && detail ? <div className={classes.detail}>{detail(row)}</div> : null}
        </div>
      ))}
    </div>
  )
}

export const DataRow = memo(Row) as typeof Row
