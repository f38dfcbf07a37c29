/** The act of adding people: gathers ids, tells the API a batch at a time, and asks once about sequences that send at any hour. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, sentenceOf } from '../lib/api.ts'
import { searchContacts } from '../lib/contacts.ts'
import type { Sequence } from '../lib/sequence-types.ts'
import { type AddInput, addPeople, confirmAlways } from '../lib/sequences.ts'
import { type Added, addInBatches } from './batches.ts'
import type { Chosen } from './choose-people.tsx'
import type { Option } from './skip-reasons.ts'

export interface AddWish {
  chosen?: Chosen
  lists?: string[]
  mailboxIds: string[]
  options: Pick<AddInput, Option | 'start_after_received'>
}

async function idsOf(chosen: Chosen): Promise<string[]> {
  if (!chosen.everyone) return [...chosen.ids]
  const ids: string[] = []
  for (let page = 1; ; page++) {
    const { contacts, pagination } = await searchContacts({ q: chosen.everyone.q, page })
    ids.push(...contacts.map((contact) => contact.id))
    if (page >= pagination.total_pages || contacts.length === 0) return ids
  }
}

async function add(sequenceId: string, wish: AddWish, onProgress: (part: number) => void): Promise<Added> {
  const options = { send_email_from_email_account_id: wish.mailboxIds, ...wish.options }
  if (wish.chosen) return addInBatches({ sequenceId, ids: await idsOf(wish.chosen), options, onProgress })
  const answer = await addPeople(sequenceId, { ...options, label_names: wish.lists ?? [] })
  return {
    added: answer.contacts.length,
    receivedBefore: answer.received_before.length,
    goOn: options.start_after_received ?? false,
    skipped: answer.skipped_contacts,
  }
}

export function useAdding(sequence: Sequence, onAdded: (result: Added) => void) {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [part, setPart] = useState<number>()
  const [problem, setProblem] = useState<string>()
  /** The API asks once whether any hour is meant. */
  const [alwaysAsked, setAlwaysAsked] = useState(false)
  const start = async (wish: AddWish) => {
    setBusy(true)
    setProblem(undefined)
    try {
      const result = await add(sequence.id, wish, setPart)
      await queries.invalidateQueries()
      onAdded(result)
    } catch (error) {
      if (error instanceof ApiError && error.code === 'always_unconfirmed') setAlwaysAsked(true)
      else setProblem(sentenceOf(error))
    } finally {
      setBusy(false)
      setPart(undefined)
    }
  }
  return {
    busy,
    part,
    problem,
    start,
    alwaysAsked,
    declineAlways: () => setAlwaysAsked(false),
    confirmAlways: async (wish: AddWish) => {
      await confirmAlways(sequence.id)
      setAlwaysAsked(false)
      await start(wish)
    },
  }
}
