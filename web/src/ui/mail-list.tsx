/** Mails as a mail client lists them: who, subject, first words, when. Walked with the arrow keys. */
import type { KeyboardEvent, ReactNode } from 'react'
import type { Paged } from '../lib/paged.ts'
import { Instant } from './instant.tsx'
import classes from './mail-list.module.css'
import { ErrorState, LoadingRows } from './states.tsx'
import { useRows } from './use-rows.ts'

interface MailLine {
  id: string
  who: string
  subject: string
  excerpt?: string
  at: string
  tag?: ReactNode
}

interface MailListProps<T> {
  label: string
  paged: Paged<T, unknown>
  of: (row: T) => MailLine
  chosen: string | undefined
  onChoose: (row: T) => void
  empty: ReactNode
}

export function MailList<T>({ label, paged, of, chosen, onChoose, empty }: MailListProps<T>) {
  const { body, virtual, margin } = useRows(paged, (row) => of(row).id, 0)
  const nothing = !paged.isLoading && paged.rows.length === 0
  const walk = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const here = paged.rows.findIndex((row) => of(row).id === chosen)
    const next = paged.rows[here + (event.key === 'ArrowDown' ? 1 : -1)]
    if (!next) return
    event.preventDefault()
    onChoose(next)
    virtual.scrollToIndex(paged.rows.indexOf(next))
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys move between the buttons inside
    <div ref={body} aria-busy={paged.isLoading || paged.isStale} onKeyDown={walk}>
      {paged.isLoading ? <LoadingRows height={72} rows={6} /> : null}
      {nothing ? paged.error ? <ErrorState error={paged.error} onRetry={paged.reload} /> : empty : null}
      <ul aria-label={label} className={classes.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = paged.rows[item.index]
          return row === undefined ? null : (
            <li
              key={item.key}
              data-index={item.index}
              ref={virtual.measureElement as never}
              className={classes.place}
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              <Line line={of(row)} chosen={of(row).id === chosen} onChoose={() => onChoose(row)} />
            </li>
          )
        })}
      </ul>
      {paged.isLoadingMore ? <LoadingRows height={72} rows={1} /> : null}
    </div>
  )
}

function Line({ line, chosen, onChoose }: { line: MailLine; chosen: boolean; onChoose: () => void }) {
  return (
    <button
      type="button"
      className={classes.line}
      aria-current={chosen || undefined}
      onClick={onChoose}
      data-testid="mail-line"
    >
      <span className={classes.top}>
        <span className={classes.who}>{line.who}</span>
        <span className={classes.when}>
          <Instant at={line.at} short />
        </span>
      </span>
      <span className={classes.top}>
        <span className={classes.subject}>{line.subject || 'No subject'}</span>
        {line.tag}
      </span>
      {line.excerpt ? <span className={classes.excerpt}>{line.excerpt}</span> : null}
    </button>
  )
}
