/** What a list shows when it has no rows: how to begin, what went wrong, or that it is on its way. */
import { Button, Skeleton } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ComponentType, ReactNode } from 'react'
import { sentenceOf } from '../lib/api.ts'
import classes from './states.module.css'

interface EmptyStateProps {
  icon?: ComponentType<{ size?: number; stroke?: number }>
  title: string
  children?: ReactNode
  action?: ReactNode
}

export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className={classes.state} data-testid="empty-state">
      {Icon ? <Icon size={24} stroke={1.5} /> : null}
      <h2 className={classes.title}>{title}</h2>
      {children ? <div className={classes.words}>{children}</div> : null}
      {action ? <div className={classes.action}>{action}</div> : null}
    </div>
  )
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div className={classes.state} role="alert" data-testid="error-state">
      <IconAlertTriangle size={24} stroke={1.5} className={classes.warn ?? ''} aria-hidden />
      <h2 className={classes.title}>This could not be shown</h2>
      <div className={classes.words}>{sentenceOf(error)}</div>
      {onRetry ? (
        <div className={classes.action}>
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        </div>
      ) : null}
    </div>
  )
}

/** As many gray rows as will probably come, of the height they will have, so that nothing jumps. */
export function LoadingRows({ rows = 8, height = 44 }: { rows?: number; height?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
        <div key={row} className={classes.row} style={{ height }}>
          <Skeleton height={10} width={`${28 + ((row * 17) % 24)}%`} />
          <Skeleton height={10} width={`${12 + ((row * 11) % 14)}%`} />
          <Skeleton height={10} width="8%" />
        </div>
      ))}
    </div>
  )
}

export function LoadingBlock({ height = 160 }: { height?: number }) {
  return (
    <div role="status" aria-label="Loading" style={{ height, padding: 16 }}>
      <Skeleton height={12} width="32%" mb={12} />
      <Skeleton height={10} width="64%" mb={8} />
      <Skeleton height={10} width="52%" />
    </div>
  )
}
