/** A state with the sentence behind it: why, and what to do. */
import type { ReactNode } from 'react'
import { withDates } from '../lib/time.ts'
import classes from './reason.module.css'
import { StateBadge } from './state-badge.tsx'

interface ReasonProps {
  state: string
  sentence: string | null | undefined
  /** The way out, as a link or a button. */
  remedy?: ReactNode
}

export function Reason({ state, sentence, remedy }: ReasonProps) {
  const words = withDates(sentence ?? '')
  return (
    <div className={classes.reason}>
      <StateBadge state={state} />
      {words ? (
        <span className={classes.sentence} title={words}>
          {words}
        </span>
      ) : null}
      {remedy}
    </div>
  )
}
