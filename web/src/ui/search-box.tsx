/** The search of a list: what is typed goes into the address a moment later, so that a list can be shared and returned to. */
import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useUrl } from '../lib/url.ts'

const SETTLE_MS = 250

export function SearchBox({ label, name = 'q' }: { label: string; name?: string }) {
  const { state, set } = useUrl()
  const inUrl = state[name] ?? ''
  const [text, setText] = useState(inUrl)
  const write = useDebouncedCallback((value: string) => set({ [name]: value || undefined }), SETTLE_MS)
  useEffect(() => setText(inUrl), [inUrl])
  const change = (value: string) => {
    setText(value)
    write(value)
  }
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={16} stroke={1.75} />}
      rightSection={
        text ? <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} /> : null
      }
      w={{ base: '100%', xs: 280 }}
    />
  )
}
