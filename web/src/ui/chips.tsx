/** Filters as chips with their counts; the chosen one is in the address. */
import { number } from '../lib/words.ts'
import classes from './chips.module.css'
import { solidOf } from './state-badge.tsx'

export interface Chip {
  value: string
  label: string
  count?: number | undefined
  /** Shows the color of this state as a dot. */
  state?: string
}

interface ChipsProps {
  label: string
  chips: Chip[]
  chosen: string
  onChoose: (value: string) => void
}

export function Chips({ label, chips, chosen, onChoose }: ChipsProps) {
  return (
    <fieldset className={classes.chips} aria-label={label}>
      {chips.map((chip) => (
        <button
          type="button"
          key={chip.value}
          className={classes.chip}
          aria-pressed={chip.value === chosen}
          onClick={() => onChoose(chip.value)}
        >
          {chip.state ? (
            <span className={classes.dot} style={{ background: solidOf(chip.state) }} aria-hidden />
          ) : null}
          {chip.label}
          {chip.count === undefined ? null : <span className={classes.count}>{number(chip.count)}</span>}
        </button>
      ))}
    </fieldset>
  )
}
