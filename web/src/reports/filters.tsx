/** What the rows are, which days, and of which sequence, mailbox or domain. */
import { Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { isDay } from '../lib/days.ts'
import { mailboxesQuery } from '../lib/mailboxes.ts'
import { GROUPS } from '../lib/reports.ts'
import { searchSequences, sequenceQuery } from '../lib/sequences.ts'
import { useUrl } from '../lib/url.ts'
import { Chips } from '../ui/chips.tsx'
import { Toolbar } from '../ui/page.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { type Asked, DAYS_DEFAULT, RANGES } from './range.ts'
import classes from './reports.module.css'

/** Segue sent nothing before it was there; a year that is being typed is not one yet. */
const EARLIEST = '2020-01-01'
const SEQUENCES_SHOWN = 25

export function Filters({ asked }: { asked: Asked }) {
  const { set } = useUrl()
  const range = (changed: { from?: string; to?: string }) =>
    set({ from: asked.from, to: asked.to, days: undefined, ...changed })
  return (
    <>
      <Toolbar>
        <Chips
          label="One row for each"
          chips={GROUPS}
          chosen={asked.by}
          onChoose={(by) => set({ by: by === 'day' ? undefined : by })}
        />
      </Toolbar>
      <Toolbar>
        <Chips
          label="Days"
          chips={RANGES}
          chosen={asked.days}
          onChoose={(days) =>
            set({ days: days === DAYS_DEFAULT ? undefined : days, from: undefined, to: undefined })
          }
        />
        <div className={classes.days}>
          <Day label="From" value={asked.from} max={asked.to} onChoose={(from) => range({ from })} />
          <Day label="To" value={asked.to} min={asked.from} onChoose={(to) => range({ to })} />
        </div>
        <SequenceFilter value={asked.sequence} />
        <MailboxFilter value={asked.mailbox} />
        <SearchBox label="Recipient domain" name="domain" />
      </Toolbar>
    </>
  )
}

interface DayProps {
  label: string
  value: string
  min?: string
  max?: string
  onChoose: (day: string) => void
}

/** Taken once it is a day between its bounds: a date that is being typed goes through many that nobody means. */
function Day({ label, value, min = EARLIEST, max, onChoose }: DayProps) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const wrong =
    !isDay(text) || text < EARLIEST
      ? 'Write a whole date'
      : max && text > max
        ? 'After the last day'
        : text < min
          ? 'Before the first day'
          : undefined
  return (
    <TextInput
      type="date"
      aria-label={label}
      min={min}
      max={max}
      value={text}
      error={wrong}
      onChange={(event) => {
        const day = event.currentTarget.value
        setText(day)
        if (isDay(day) && day >= min && !(max && day > max)) onChoose(day)
      }}
      data-testid={`report-${label.toLowerCase()}`}
    />
  )
}

/** By its name; the chosen one is among the choices whatever was typed. */
function SequenceFilter({ value }: { value: string | undefined }) {
  const { set } = useUrl()
  const [typed, setTyped] = useState('')
  const [text] = useDebouncedValue(typed, 200)
  const one = useQuery({ ...sequenceQuery(value ?? ''), enabled: Boolean(value) })
  const chosen = value ? one.data?.emailer_campaign : undefined
  const q = chosen && text === chosen.name ? undefined : text
  const found = useQuery({
    queryKey: ['sequences', 'filter', q],
    queryFn: ({ signal }) => searchSequences({ q, perPage: SEQUENCES_SHOWN }, signal),
    placeholderData: (before) => before,
  })
  const sequences = [...(found.data?.emailer_campaigns ?? [])]
  if (chosen && !sequences.some(({ id }) => id === chosen.id)) sequences.unshift(chosen)
  return (
    <Select
      aria-label="Sequence"
      placeholder="Any sequence"
      clearable
      searchable
      w={{ base: '100%', xs: 200 }}
      data={sequences.map(({ id, name }) => ({ value: id, label: name ?? 'Untitled sequence' }))}
      filter={({ options }) => options}
      value={value ?? null}
      onChange={(id) => set({ sequence: id ?? undefined })}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage="No sequence of that name"
      data-testid="report-sequence"
    />
  )
}

function MailboxFilter({ value }: { value: string | undefined }) {
  const { set } = useUrl()
  const { data = [] } = useQuery(mailboxesQuery)
  return (
    <Select
      aria-label="Mailbox"
      placeholder="Any mailbox"
      clearable
      searchable
      w={{ base: '100%', xs: 200 }}
      data={data.map(({ id, email }) => ({ value: id, label: email }))}
      value={value ?? null}
      onChange={(id) => set({ mailbox: id ?? undefined })}
      data-testid="report-mailbox"
    />
  )
}
