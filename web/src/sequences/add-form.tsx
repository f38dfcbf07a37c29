/** Who is added, from which mailboxes they hear, and which guards are lifted. */
import {
  Button,
  Checkbox,
  Collapse,
  Group,
  MultiSelect,
  Progress,
  SegmentedControl,
  Stack,
} from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Team } from '../lib/api-types.ts'
import { labelsQuery } from '../lib/contacts.ts'
import { mailboxesQuery } from '../lib/mailboxes.ts'
import type { Sequence } from '../lib/sequence-types.ts'
import { useSession } from '../lib/session.ts'
import { counted } from '../lib/words.ts'
import { Confirm } from '../ui/confirm.tsx'
import { AppLink } from '../ui/link.tsx'
import { Notice, Problem } from '../ui/problem.tsx'
import type { Added } from './batches.ts'
import { ChoosePeople, type Chosen, NOBODY, sizeOf } from './choose-people.tsx'
import { OPTIONS, type Option } from './skip-reasons.ts'
import { type AddWish, useAdding } from './use-adding.ts'

interface AddFormProps {
  sequence: Sequence
  onAdded: (result: Added) => void
  onCancel: () => void
}

export function AddForm({ sequence, onAdded, onCancel }: AddFormProps) {
  const [source, setSource] = useState('people')
  const [chosen, setChosen] = useState<Chosen>(NOBODY)
  const [lists, setLists] = useState<string[]>([])
  const [mailboxIds, setMailboxIds] = useState<string[]>()
  const [options, setOptions] = useState<AddWish['options']>({})
  const mailboxes = useSendable()
  const from = mailboxIds ?? mailboxes.preset
  const adding = useAdding(sequence, onAdded)
  const wish: AddWish = { ...(source === 'lists' ? { lists } : { chosen }), mailboxIds: from, options }
  const some = source === 'lists' ? lists.length > 0 : sizeOf(chosen) > 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    adding.start(wish)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={12}>
        <Source source={source} onChoose={setSource} />
        {source === 'lists' ? (
          <Lists chosen={lists} onChoose={setLists} />
        ) : (
          <ChoosePeople chosen={chosen} onChoose={setChosen} />
        )}
        <Mailboxes mailboxes={mailboxes} from={from} onChoose={setMailboxIds} />
        <Options options={options} onChange={setOptions} />
        {sequence.active ? null : (
          <Notice>The sequence is off. People wait in it until it is turned on.</Notice>
        )}
        <Problem words={adding.problem} />
        {adding.part === undefined ? null : <Progress value={adding.part * 100} aria-label="Progress" />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={adding.busy}
            disabled={!some || from.length === 0}
            data-testid="add-people-submit"
          >
            {source === 'people' && some ? `Add ${counted(sizeOf(chosen), 'person', 'people')}` : 'Add'}
          </Button>
        </Group>
      </Stack>
      <ConfirmAnyHour sequence={sequence} adding={adding} onConfirm={() => adding.confirmAlways(wish)} />
    </form>
  )
}

function Source({ source, onChoose }: { source: string; onChoose: (source: string) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Whom to add"
      value={source}
      onChange={onChoose}
      data={[
        { value: 'people', label: 'Choose people' },
        { value: 'lists', label: 'Whole lists' },
      ]}
      style={{ alignSelf: 'flex-start' }}
    />
  )
}

interface ConfirmAnyHourProps {
  sequence: Sequence
  adding: ReturnType<typeof useAdding>
  onConfirm: () => Promise<void>
}

function ConfirmAnyHour({ sequence, adding, onConfirm }: ConfirmAnyHourProps) {
  return (
    <Confirm
      opened={adding.alwaysAsked}
      onClose={adding.declineAlways}
      title="This sequence sends at any hour"
      verb="Send at any hour"
      onConfirm={onConfirm}
    >
      Its schedule is {sequence.schedule?.name ?? 'Always'}, so mails from a real mailbox would leave at night
      and on weekends too. Choose another under{' '}
      <AppLink to={`/sequences/${sequence.id}/settings`}>Settings</AppLink>, or go on.
    </Confirm>
  )
}

/** Mailboxes that may send now; the one to begin with is the default one, or the only one. */
function useSendable() {
  const { data } = useQuery(mailboxesQuery)
  const usable = (data ?? []).filter((mailbox) => mailbox.state === 'connected' || mailbox.is_sandbox)
  const first = usable.find((mailbox) => mailbox.default) ?? usable[0]
  return { usable, loaded: data !== undefined, preset: first ? [first.id] : [] }
}

interface MailboxesProps {
  mailboxes: ReturnType<typeof useSendable>
  from: string[]
  onChoose: (ids: string[]) => void
}

function Mailboxes({ mailboxes, from, onChoose }: MailboxesProps) {
  if (mailboxes.loaded && mailboxes.usable.length === 0)
    return (
      <Notice tone="paused">
        No mailbox can send now. <AppLink to="/mailboxes">Open the mailboxes</AppLink>
      </Notice>
    )
  return (
    <MultiSelect
      label="From"
      description={
        from.length > 1
          ? 'People are dealt to them by the room each has left, and stay with theirs.'
          : undefined
      }
      data={mailboxes.usable.map((mailbox) => ({
        value: mailbox.id,
        label: mailbox.is_sandbox ? `${mailbox.email} (sandbox)` : mailbox.email,
      }))}
      value={from}
      onChange={onChoose}
      wrapperProps={{ 'data-testid': 'add-people-mailbox' }}
    />
  )
}

function Lists({ chosen, onChoose }: { chosen: string[]; onChoose: (names: string[]) => void }) {
  const { data } = useQuery(labelsQuery)
  return (
    <MultiSelect
      label="Lists"
      placeholder={chosen.length === 0 ? 'Choose one or more' : ''}
      searchable
      data={(data ?? []).map((label) => ({
        value: label.name,
        label: `${label.name} (${counted(label.cached_count, 'person', 'people')})`,
      }))}
      value={chosen}
      onChange={onChoose}
      nothingFoundMessage="No list of that name"
    />
  )
}

/** Guards that a team has not asked for refuse nobody. */
function offered(team: Team): Option[] {
  const unasked: Option[] = [
    ...(team.one_contact_per_company_in_sequence ? [] : ['sequence_same_company_in_same_campaign' as const]),
    ...(team.only_owners_may_email ? [] : ['contacts_without_ownership_permission' as const]),
  ]
  return (Object.keys(OPTIONS) as Option[]).filter((option) => !unasked.includes(option))
}

interface OptionsProps {
  options: AddWish['options']
  onChange: (options: AddWish['options']) => void
}

function Options({ options, onChange }: OptionsProps) {
  const { team } = useSession()
  const [opened, setOpened] = useState(false)
  const checkbox = (name: keyof AddWish['options'], label: string) => (
    <Checkbox
      key={name}
      size="xs"
      label={label}
      checked={options[name] ?? false}
      onChange={(event) => onChange({ ...options, [name]: event.currentTarget.checked })}
    />
  )
  return (
    <div>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        rightSection={<IconChevronDown size={14} />}
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
        data-testid="add-people-options"
      >
        Who is skipped, and where they begin
      </Button>
      <Collapse expanded={opened}>
        <Stack gap={8} mt={8} pl={8}>
          <span className="sg-quiet">
            People already in this sequence and people on the do-not-contact list are always skipped.
          </span>
          {offered(team).map((option) => checkbox(option, OPTIONS[option]))}
          {checkbox(
            'start_after_received',
            'Whoever was in it before goes on after what they received, not at step 1',
          )}
        </Stack>
      </Collapse>
    </div>
  )
}
