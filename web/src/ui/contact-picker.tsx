/** Chooses one contact by typing part of a name, company or address. */
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { contactQuery, contactSearchQuery } from '../lib/contacts.ts'
import { nameOf } from '../lib/words.ts'

interface ContactPickerProps {
  label: string
  value: string
  onChange: (id: string) => void
}

export function ContactPicker({ label, value, onChange }: ContactPickerProps) {
  const [typed, setTyped] = useState('')
  const [text] = useDebouncedValue(typed, 200)
  const one = useQuery(contactQuery(value))
  const chosen = one.data?.contact
  const found = useQuery(contactSearchQuery(chosen && text === nameOf(chosen) ? '' : text))
  const people = [...(found.data?.contacts ?? [])]
  if (chosen && !people.some((person) => person.id === chosen.id)) people.unshift(chosen)
  return (
    <Select
      aria-label={label}
      placeholder="Choose a person"
      searchable
      data={people.map((person) => ({ value: person.id, label: nameOf(person) }))}
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
