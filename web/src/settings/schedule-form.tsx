/** One schedule: its name, its zone, and for each day the times at which mails may leave. */
import { ActionIcon, Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core'
import { IconMinus, IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import type { Schedule, Window } from '../lib/api-types.ts'
import { createSchedule, type ScheduleInput, schedulesQuery, updateSchedule } from '../lib/mailboxes.ts'
import { useSession } from '../lib/session.ts'
import { tell } from '../ui/act.tsx'
import { Problem } from '../ui/problem.tsx'
import { ZoneSelect } from '../ui/zone-select.tsx'
import { HolidayFields, type Holidays } from './holiday-fields.tsx'
import classes from './settings.module.css'
import { DAYS, fromClock, toClock, WEEKDAYS } from './windows.ts'

const NO_HOLIDAYS: Holidays = {
  skip_holidays: false,
  holiday_country: null,
  holiday_region: null,
  extra_holidays: [],
}

function useSaving(schedule: Schedule | undefined, onSaved: () => void) {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const save = async (input: ScheduleInput) => {
    setBusy(true)
    setProblem(undefined)
    try {
      await (schedule ? updateSchedule(schedule.id, input) : createSchedule(input))
      await queries.invalidateQueries({ queryKey: schedulesQuery.queryKey })
      tell('Saved.')
      onSaved()
    } catch (error) {
      setProblem(sentenceOf(error))
      setBusy(false)
    }
  }
  return { busy, problem, save }
}

export function ScheduleForm({ schedule, onClose }: { schedule: Schedule | undefined; onClose: () => void }) {
  const { team } = useSession()
  const [name, setName] = useState(schedule?.name ?? '')
  const [zone, setZone] = useState(schedule?.time_zone ?? team.time_zone)
  const [theirs, setTheirs] = useState(schedule?.use_contacts_time_zone ?? false)
  const [windows, setWindows] = useState<Window[]>(schedule?.windows ?? WEEKDAYS)
  const [holidays, setHolidays] = useState<Holidays>(schedule ?? NO_HOLIDAYS)
  const { busy, problem, save } = useSaving(schedule, onClose)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { skip_holidays, holiday_country, holiday_region, extra_holidays } = holidays
    save({
      name: name.trim(),
      time_zone: zone,
      use_contacts_time_zone: theirs,
      windows,
      skip_holidays,
      holiday_country,
      holiday_region,
      extra_holidays,
    })
  }
  return (
    <Modal opened onClose={onClose} title={schedule ? `Change ${schedule.name}` : 'New schedule'} size={520}>
      <form onSubmit={submit}>
        <Stack gap={12}>
          <TextInput
            label="Name"
            required
            withAsterisk={false}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <ZoneFields zone={zone} onZone={setZone} theirs={theirs} onTheirs={setTheirs} />
          <Week windows={windows} onChange={setWindows} />
          <HolidayFields value={holidays} onChange={setHolidays} />
          {schedule ? (
            <span className="sg-quiet">
              The new times apply to every mail of the sequences that use it and has not left yet.
            </span>
          ) : null}
          <Problem words={problem} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={!name.trim() || windows.length === 0}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

interface ZoneProps {
  zone: string
  onZone: (zone: string) => void
  /** In the contact's own zone where it is known. */
  theirs: boolean
  onTheirs: (theirs: boolean) => void
}

function ZoneFields({ zone, onZone, theirs, onTheirs }: ZoneProps) {
  return (
    <>
      <ZoneSelect
        label="Time zone"
        value={zone}
        onChange={(next) => next && onZone(next)}
        allowDeselect={false}
      />
      <Checkbox
        size="xs"
        label="In the contact's own zone where it is known"
        checked={theirs}
        onChange={(event) => onTheirs(event.currentTarget.checked)}
      />
    </>
  )
}

function Week({ windows, onChange }: { windows: Window[]; onChange: (windows: Window[]) => void }) {
  const replace = (day: number, next: Window[]) =>
    onChange(
      [...windows.filter((window) => window.day !== day), ...next].sort(
        (a, b) => a.day - b.day || a.opens_at_minute - b.opens_at_minute,
      ),
    )
  return (
    <div className={classes.week}>
      {DAYS.map((word, index) => (
        <Day
          key={word}
          word={word}
          day={index + 1}
          windows={windows.filter((window) => window.day === index + 1)}
          onChange={(next) => replace(index + 1, next)}
        />
      ))}
    </div>
  )
}

interface DayProps {
  word: string
  day: number
  windows: Window[]
  onChange: (windows: Window[]) => void
}

function Day({ word, day, windows, onChange }: DayProps) {
  const another = (): Window => {
    const last = windows.at(-1)
    return last
      ? { day, opens_at_minute: Math.min(1380, last.closes_at_minute + 60), closes_at_minute: 1440 }
      : { day, opens_at_minute: 540, closes_at_minute: 1020 }
  }
  const change = (at: number, patch: Partial<Window>) =>
    onChange(windows.map((window, index) => (index === at ? { ...window, ...patch } : window)))
  return (
    <div className={classes.day}>
      <Checkbox
        size="xs"
        mt={9}
        label={word}
        checked={windows.length > 0}
        onChange={(event) => onChange(event.currentTarget.checked ? [another()] : [])}
      />
      <div className={classes.times}>
        {windows.map((window, at) => (
          <Times
            // biome-ignore lint/suspicious/noArrayIndexKey: a window has no name but its place in the day
            key={at}
            word={word}
            window={window}
            onChange={(patch) => change(at, patch)}
            onRemove={() => onChange(windows.filter((_, index) => index !== at))}
            onMore={at === windows.length - 1 ? () => onChange([...windows, another()]) : undefined}
          />
        ))}
      </div>
    </div>
  )
}

interface TimesProps {
  word: string
  window: Window
  onChange: (patch: Partial<Window>) => void
  onRemove: () => void
  /** Only the last times of a day offer more. */
  onMore: (() => void) | undefined
}

function Times({ word, window, onChange, onRemove, onMore }: TimesProps) {
  return (
    <div className={classes.time}>
      <TextInput
        type="time"
        aria-label={`${word} from`}
        value={toClock(window.opens_at_minute)}
        onChange={(event) => onChange({ opens_at_minute: fromClock(event.currentTarget.value, false) })}
      />
      to
      <TextInput
        type="time"
        aria-label={`${word} to`}
        value={toClock(window.closes_at_minute)}
        onChange={(event) => onChange({ closes_at_minute: fromClock(event.currentTarget.value, true) })}
      />
      <ActionIcon size={28} aria-label="Remove these times" onClick={onRemove}>
        <IconMinus size={14} />
      </ActionIcon>
      {onMore ? (
        <ActionIcon size={28} aria-label={`More times on ${word}`} onClick={onMore}>
          <IconPlus size={14} />
        </ActionIcon>
      ) : null}
    </div>
  )
}
