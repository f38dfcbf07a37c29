/** Sentences that stand beside what they are about: what is wrong, or what to know. */
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './problem.module.css'

export function Problem({ words, children }: { words?: string | undefined; children?: ReactNode }) {
  if (!words && !children) return null
  return (
    <div className={classes.note} data-tone="failed" role="alert">
      <IconAlertTriangle size={16} stroke={1.75} aria-hidden />
      <div>
        {words}
        {children}
      </div>
    </div>
  )
}

export function Notice({
  tone = 'plain',
  children,
}: {
  tone?: 'plain' | 'paused' | 'held'
  children: ReactNode
}) {
  const Icon = tone === 'plain' ? IconInfoCircle : IconAlertTriangle
  return (
    <div className={classes.note} data-tone={tone}>
      <Icon size={16} stroke={1.75} aria-hidden />
      <div>{children}</div>
    </div>
  )
}
