/** Ctrl K: finds people, sequences and mails by a word, and screens by their name. */
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight } from '@mantine/spotlight'
import { IconInbox, IconSearch, IconSend, IconUser } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Contact, Inbound } from '../lib/api-types.ts'
import { searchContacts } from '../lib/contacts.ts'
import { searchInbound } from '../lib/reading.ts'
import type { Sequence } from '../lib/sequence-types.ts'
import { searchSequences } from '../lib/sequences.ts'
import { useGo } from '../lib/url.ts'
import { nameOf, senderOf } from '../lib/words.ts'
import { PLACES } from './navigation.tsx'
import { searchStore } from './open-search.ts'

const EACH = 5

interface FoundData {
  people: Contact[]
  sequences: Sequence[]
  mails: Inbound[]
}

function useFound(text: string) {
  return useQuery<FoundData>({
    queryKey: ['search', text],
    enabled: text !== '',
    placeholderData: (previous) => previous,
    queryFn: async ({ signal }) => {
      const [people, sequences, mails] = await Promise.all([
        searchContacts({ q: text, perPage: EACH }, signal),
        searchSequences({ q: text, perPage: EACH }, signal),
        searchInbound({ q: text, perPage: EACH }, signal),
      ])
      return {
        people: people.contacts,
        sequences: sequences.emailer_campaigns,
        mails: mails.inbound.slice(0, EACH),
      }
    },
  })
}

/** Results come after the letters: the best one is chosen again with every answer, so that Enter goes there. */
function useFirstChosen(list: RefObject<HTMLDivElement | null>, found: FoundData | undefined) {
  useEffect(() => {
    if (!found) return
    for (const action of list.current?.querySelectorAll('[data-selected]') ?? [])
      action.removeAttribute('data-selected')
    list.current?.querySelector('[data-action]')?.setAttribute('data-selected', 'true')
    searchStore.updateState((state) => ({ ...state, selected: 0 }))
  }, [found, list])
}

export function Search() {
  const [typed, setTyped] = useState('')
  const [text] = useDebouncedValue(typed.trim(), 150)
  const found = useFound(text)
  const list = useRef<HTMLDivElement>(null)
  useFirstChosen(list, found.data)
  const places = PLACES.filter(({ word }) => word.toLowerCase().includes(typed.trim().toLowerCase()))
  return (
    <Spotlight.Root
      store={searchStore}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      scrollable
      maxHeight={420}
    >
      <Spotlight.Search
        placeholder="Search people, sequences, mails"
        leftSection={<IconSearch size={18} stroke={1.75} />}
      />
      <Spotlight.ActionsList ref={list}>
        {text && found.data ? <Found {...found.data} /> : null}
        <Places places={places} />
        {text && found.data && isEmpty(found.data) && places.length === 0 ? (
          <Spotlight.Empty>Nothing found for "{text}"</Spotlight.Empty>
        ) : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

const isEmpty = ({ people, sequences, mails }: FoundData) =>
  people.length + sequences.length + mails.length === 0

function Places({ places }: { places: typeof PLACES }) {
  const go = useGo()
  if (places.length === 0) return null
  return (
    <Spotlight.ActionsGroup label="Go to">
      {places.map(({ to, word, icon: Icon }) => (
        <Spotlight.Action key={to} label={word} leftSection={<Icon size={16} />} onClick={() => go(to)} />
      ))}
    </Spotlight.ActionsGroup>
  )
}

function Found({ people, sequences, mails }: FoundData) {
  const go = useGo()
  return (
    <>
      {people.length > 0 ? (
        <Spotlight.ActionsGroup label="People">
          {people.map((person) => (
            <Spotlight.Action
              key={person.id}
              label={nameOf(person)}
              description={[person.email, person.organization_name].filter(Boolean).join(', ')}
              leftSection={<IconUser size={16} />}
              onClick={() => go(`/people/${person.id}`)}
            />
          ))}
        </Spotlight.ActionsGroup>
      ) : null}
      {sequences.length > 0 ? (
        <Spotlight.ActionsGroup label="Sequences">
          {sequences.map((sequence) => (
            <Spotlight.Action
              key={sequence.id}
              label={sequence.name ?? 'Untitled sequence'}
              leftSection={<IconSend size={16} />}
              onClick={() => go(`/sequences/${sequence.id}`)}
            />
          ))}
        </Spotlight.ActionsGroup>
      ) : null}
      {mails.length > 0 ? (
        <Spotlight.ActionsGroup label="Mails">
          {mails.map((mail) => (
            <Spotlight.Action
              key={mail.id}
              label={mail.subject || 'No subject'}
              description={senderOf(mail.from)}
              leftSection={<IconInbox size={16} />}
              onClick={() => go('/inbox', { mail: mail.id })}
            />
          ))}
        </Spotlight.ActionsGroup>
      ) : null}
    </>
  )
}
