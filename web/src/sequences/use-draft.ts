/** Editing the steps of one sequence: what is typed stays in the page until it is saved, and leaving with unsaved words asks first. */
import { useQueryClient } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { SequenceDetail } from '../lib/sequence-types.ts'
import { sequenceKey, updateSequence } from '../lib/sequences.ts'
import { type Draft, draftOf, sameDraft, stepInputs } from './draft.ts'

export interface Editing {
  draft: Draft
  saved: Draft
  dirty: boolean
  change: (next: Draft) => void
  discard: () => void
  save: () => Promise<void>
  /** Set while the person tries to leave with unsaved words. */
  leaving: { stay: () => void; leave: () => void } | undefined
}

export function useDraft(detail: SequenceDetail): Editing {
  const queries = useQueryClient()
  const saved = useMemo(() => draftOf(detail), [detail])
  const [edited, setEdited] = useState<Draft>()
  const draft = edited ?? saved
  const dirty = edited !== undefined && !sameDraft(edited, saved)
  const id = detail.emailer_campaign.id
  const save = useCallback(async () => {
    await updateSequence(id, { emailer_steps: stepInputs(draft) })
    await queries.invalidateQueries({ queryKey: sequenceKey(id) })
    setEdited(undefined)
    queries.invalidateQueries({ queryKey: ['sequences'] })
    queries.invalidateQueries({ queryKey: ['home'] })
  }, [draft, id, queries])
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  })
  const leaving =
    blocker.status === 'blocked'
      ? { stay: () => blocker.reset?.(), leave: () => blocker.proceed?.() }
      : undefined
  return { draft, saved, dirty, change: setEdited, discard: () => setEdited(undefined), save, leaving }
}

/** Ctrl S saves. */
export function useSaveKey(dirty: boolean, save: () => void) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 's') return
      event.preventDefault()
      if (dirty) save()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [dirty, save])
}
