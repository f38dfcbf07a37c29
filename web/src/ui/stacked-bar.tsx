/** How the people of a sequence stand, as one thin bar; its words and numbers are in its label and in the tip. */
import { counted, number } from '../lib/words.ts'
import classes from './stacked-bar.module.css'
import { solidOf, wordFor } from './state-badge.tsx'
import { Tip } from './tip.tsx'

export interface Part {
  state: string
  n: number
}

export function StackedBar({ parts, total }: { parts: Part[]; total: number }) {
  const shown = parts.filter((part) => part.n > 0)
  const words = shown.map((part) => `${number(part.n)} ${wordFor(part.state).toLowerCase()}`).join(', ')
  const sum = shown.reduce((all, part) => all + part.n, 0)
  return (
    <Tip label={() => words || 'Nobody yet'} style={{ display: 'block' }}>
      <div
        className={classes.bar}
        role="img"
        aria-label={`${counted(total, 'person', 'people')}: ${words || 'none'}`}
      >
        {shown.map((part) => (
          <span key={part.state} style={{ flexGrow: part.n / sum, background: solidOf(part.state) }} />
        ))}
      </div>
    </Tip>
  )
}
