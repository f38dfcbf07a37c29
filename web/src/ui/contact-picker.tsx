/** Chooses one contact by typing part of a name, company or address. */
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Contact } from '../lib/api-types.ts'
import { contactQuery, contactSearchQuery } from '../lib/contacts.ts'
import { nameOf } from '../lib/words.ts'

interface ContactPickerProps {
  label: string
  value: string
  onChange: (id: string) => void
  /** Two of one name are told apart by their addresses. */
  withAddress?: boolean
  /** Who cannot be chosen. */
  except?: string
}

export function ContactPicker({ label, value, onChange, withAddress, except }: ContactPickerProps) {
  const shown = (person: Contact) =>
    withAddress && person.email && person.email !== nameOf(person)
      ? `${nameOf(person)} (${person.email})`
      : nameOf(person)
  const [typed, setTyped] = useState('')
  const [text] = useDebouncedValue(typed, 200)
  const one = useQuery(contactQuery(value))
  const chosen = one.data?.contact
  const found = useQuery(contactSearchQuery(chosen && text === shown(chosen) ? '' : text))
  const people = (found.data?.contacts ?? []).filter((person) => person.id !== except)
  if (chosen && !people.some((person) => person.id === chosen.id)) people.unshift(chosen)
  return (
    <Select
      aria-label={label}
      placeholder="Choose a person"
      searchable
      data={people.map((person) => ({ value: person.id, label: shown(person) }))}
      filter={({ options }) => options}
      value={value || null}
      onChange={(id) => id && onChange(id)}
      searchValue={typed}
      onSearchChange={setTyped}
      allowDeselect={false}
      nothingFoundMessage="Nobody of that name"
      maxDropdownHeight={260}
    />
  )
}
