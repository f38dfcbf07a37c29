/** A state with the sentence behind it: why, and what to do. */
import type { ReactNode } from 'react'
import classes from './reason.module.css'
import { StateBadge } from './state-badge.tsx'

interface ReasonProps {
  state: string
  sentence: string | null | undefined
  /** The way out, as a link or a button. */
  remedy?: ReactNode
}

export function Reason({ state, sentence, remedy }: ReasonProps) {
  return (
    <div className={classes.reason}>
      <StateBadge state={state} />
      {sentence ? (
        <span className={classes.sentence} title={sentence}>
          {sentence}
        </span>
      ) : null}
      {remedy}
    </div>
  )
}
