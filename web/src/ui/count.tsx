/** A number. One that can be opened shows a dotted line under the pointer and opens the rows it counts. */
import { number, percent } from '../lib/words.ts'
import classes from './count.module.css'
import { PatchLink } from './link.tsx'

interface CountProps {
  n: number
  /** What is counted, for those who hear the page: "people who replied". */
  of: string
  /** The address values that open the rows; without them, or when there are none, the number is only a number. */
  opens?: Record<string, string> | undefined
  /** Shown instead of the plain number. */
  as?: 'percent'
}

export function Count({ n, of, opens, as }: CountProps) {
  const text = as === 'percent' ? percent(n) : number(n)
  if (!opens || n === 0) return <span className={n === 0 ? 'sg-quiet' : undefined}>{text}</span>
  return (
    <PatchLink
      patch={opens}
      plain
      className={classes.count ?? ''}
      aria-label={`${text} ${of}: show them`}
      onClick={(event) => event.stopPropagation()}
    >
      {text}
    </PatchLink>
  )
}
