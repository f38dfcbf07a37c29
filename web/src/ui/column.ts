/** A column of a table: its title, its width, and what stands in its cells. */
import type { ReactNode } from 'react'

export interface Column<T> {
  key: string
  title: string
  /** A grid track: "minmax(160px, 2fr)", "96px". */
  width: string
  align?: 'right'
  /** Left out while the table is narrower than this, in px. */
  from?: number
  /** The name this column sorts by. */
  sort?: string
  cell: (row: T) => ReactNode
}
