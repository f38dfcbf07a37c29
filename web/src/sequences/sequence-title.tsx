/** The name of a sequence, changed where it stands. */
import { useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, useState } from 'react'
import type { Sequence } from '../lib/sequence-types.ts'
import { updateSequence } from '../lib/sequences.ts'
import { useAct } from '../ui/act.tsx'
import { titleOf } from './names.ts'
import classes from './sequence-title.module.css'

export function SequenceTitle({ sequence }: { sequence: Sequence }) {
  const queries = useQueryClient()
  const { run } = useAct()
  const [text, setText] = useState<string>()
  const save = () => {
    const name = text?.trim()
    if (!name || name === sequence.name) return setText(undefined)
    run(async () => {
      await updateSequence(sequence.id, { name })
      await queries.invalidateQueries({ queryKey: ['sequences'] })
    }).then(() => setText(undefined))
  }
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') event.currentTarget.blur()
    if (event.key === 'Escape') setText(undefined)
  }
  if (text === undefined)
    return (
      <h1 className={classes.title}>
        <button
          type="button"
          className={classes.button}
          title="Rename"
          onClick={() => setText(titleOf(sequence))}
        >
          {titleOf(sequence)}
        </button>
      </h1>
    )
  return (
    <input
      className={classes.input}
      aria-label="Name of the sequence"
      value={text}
      maxLength={200}
      // biome-ignore lint/a11y/noAutofocus: it takes the place of the name that was just clicked
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={press}
    />
  )
}
