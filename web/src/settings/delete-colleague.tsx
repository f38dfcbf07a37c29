/** Deletes somebody of the team, after saying whom it touches and asking what becomes of their mailboxes. */
import { Button, Checkbox, MultiSelect, Radio, Select, Stack } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { User } from '../lib/api-types.ts'
import type { Mailbox } from '../lib/mailbox-types.ts'
import { mailboxesQuery } from '../lib/mailboxes.ts'
import { useSession } from '../lib/session.ts'
import { deleteUser, deletionQuery, type UserDeletion, usersQuery } from '../lib/team.ts'
import { counted, listed } from '../lib/words.ts'
import { tell } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Notice, Problem } from '../ui/problem.tsx'
import { LoadingBlock } from '../ui/states.tsx'

interface Chosen {
  handTo: string | null
  mailboxes: '' | 'fail' | 'move' | 'hand_over'
  moveTo: string[]
  acceptUnread: boolean
}

export function DeleteColleague({ user }: { user: User }) {
  const queries = useQueryClient()
  const { user: me } = useSession()
  const [asking, setAsking] = useState(false)
  const [chosen, setChosen] = useState<Chosen>({
    handTo: null,
    mailboxes: '',
    moveTo: [],
    acceptUnread: false,
  })
  const { data: deletion, error } = useQuery({ ...deletionQuery(user.id), enabled: asking })
  const set = (change: Partial<Chosen>) => setChosen((before) => ({ ...before, ...change }))
  const remove = async () => {
    const { handed_to, failed } = await deleteUser(user.id, {
      ...(chosen.handTo === null ? {} : { hand_to: chosen.handTo }),
      ...(chosen.mailboxes === '' ? {} : { mailboxes: chosen.mailboxes }),
      ...(chosen.mailboxes === 'move' ? { move_to: chosen.moveTo } : {}),
      ...(chosen.acceptUnread ? { unread_answers: 'accept' } : {}),
    })
    await queries.invalidateQueries()
    const ended = failed === 0 ? '' : ` ${counted(failed, 'enrollment')} failed for it.`
    tell(`${user.name} is deleted; ${handed_to.name} takes over.${ended}`)
  }
  if (user.id === me.id) return <span className="sg-quiet">you</span>
  return (
    <>
      <Button
        variant="subtle"
        color="red"
        size="compact-sm"
        onClick={() => setAsking(true)}
        data-testid="delete-colleague"
      >
        Delete
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Delete ${user.name}?`}
        verb="Delete"
        danger
        blocked={deletion === undefined || !isWhole(chosen, deletion)}
        onConfirm={remove}
      >
        {deletion ? <Asked deletion={deletion} chosen={chosen} set={set} /> : null}
        {!deletion && !error ? <LoadingBlock height={120} /> : null}
        <Problem words={error?.message} />
      </Confirm>
    </>
  )
}

function isWhole({ mailboxes, moveTo, acceptUnread }: Chosen, deletion: UserDeletion): boolean {
  if (deletion.last_admin) return false
  if (deletion.mailboxes.length === 0) return true
  if (mailboxes !== 'move') return mailboxes !== ''
  return moveTo.length > 0 && (acceptUnread || !deletion.mailboxes.some((one) => one.answers_unread))
}

interface AskedProps {
  deletion: UserDeletion
  chosen: Chosen
  set: (change: Partial<Chosen>) => void
}

function Asked({ deletion, chosen, set }: AskedProps) {
  const { data } = useQuery(usersQuery)
  if (deletion.last_admin)
    return <Notice tone="paused">{deletion.name} is the last admin of the team, and stays.</Notice>
  const others = (data?.users ?? []).filter((one) => one.id !== deletion.id)
  return (
    <Stack gap={12}>
      <div>
        They are signed out and cannot come in again{keysInWords(deletion)}. What they did stays in the
        numbers. This cannot be undone.
      </div>
      {deletion.mailboxes.length > 0 ? <Mailboxes deletion={deletion} chosen={chosen} set={set} /> : null}
      <Select
        label="Who takes over"
        description={`Gets ${ownedInWords(deletion)}.`}
        data={others.map(({ id, name }) => ({ value: id, label: name }))}
        value={chosen.handTo ?? deletion.hand_to?.id ?? null}
        onChange={(handTo) => set({ handTo })}
        allowDeselect={false}
        data-testid="hand-to"
      />
    </Stack>
  )
}

const keysInWords = ({ api_keys }: UserDeletion) =>
  api_keys.length === 0
    ? ''
    : `, and the API ${api_keys.length === 1 ? 'key' : 'keys'} ${listed(api_keys)} that they made ${api_keys.length === 1 ? 'ends' : 'end'}: programs that use ${api_keys.length === 1 ? 'it' : 'them'} are refused`

function ownedInWords({ sequences, contacts, accounts, open_tasks }: UserDeletion): string {
  const owned = [
    sequences.length > 0 ? counted(sequences.length, 'sequence') : '',
    contacts > 0 ? counted(contacts, 'contact') : '',
    accounts > 0 ? counted(accounts, 'account') : '',
    open_tasks > 0 ? counted(open_tasks, 'open task') : '',
  ].filter(Boolean)
  return owned.length === 0 ? 'whatever is theirs: nothing now' : listed(owned)
}

function Mailboxes({ deletion, chosen, set }: AskedProps) {
  const { data } = useQuery(mailboxesQuery)
  const theirs = deletion.mailboxes.map((one) => one.id)
  const targets = (data ?? []).filter(
    ({ id, state, is_sandbox }) => !theirs.includes(id) && state === 'connected' && !is_sandbox,
  )
  const people = counted(deletion.people, 'person', 'people')
  const tasks = deletion.mailboxes.reduce((sum, one) => sum + one.open_tasks, 0)
  const cancelled =
    tasks === 0 ? '' : ` ${counted(tasks, 'open task')} about them ${tasks === 1 ? 'is' : 'are'} cancelled.`
  return (
    <Radio.Group
      label={`What becomes of ${listed(deletion.mailboxes.map((one) => one.email))}, with ${people} in sequences?`}
      value={chosen.mailboxes}
      onChange={(mailboxes) => set({ mailboxes: mailboxes as Chosen['mailboxes'] })}
    >
      <Stack gap={8} mt={8}>
        <Radio
          value="fail"
          label="Remove, and end it for their people"
          description={`${people} ${deletion.people === 1 ? 'fails' : 'fail'} with "User deleted".${cancelled} Answers that still arrive are read for 30 days, where the inbox opens.`}
          data-testid="mailboxes-fail"
        />
        <Radio
          value="move"
          label="Remove, and move their people"
          description={
            targets.length === 0
              ? 'No other mailbox is connected that could take them over.'
              : 'They go on from another mailbox, each with a new thread.'
          }
          disabled={targets.length === 0}
          data-testid="mailboxes-move"
        />
        <Radio
          value="hand_over"
          label="Hand the mailboxes over"
          description="Whoever takes over sends from them, and their people go on."
          data-testid="mailboxes-hand-over"
        />
      </Stack>
      {chosen.mailboxes === 'move' ? (
        <MoveTo deletion={deletion} targets={targets} chosen={chosen} set={set} />
      ) : null}
    </Radio.Group>
  )
}

function MoveTo({ deletion, targets, chosen, set }: AskedProps & { targets: Mailbox[] }) {
  const unread = deletion.mailboxes.filter((one) => one.answers_unread).map((one) => one.email)
  return (
    <Stack gap={8} mt={8}>
      <MultiSelect
        label="They go on from"
        data={targets.map(({ id, email }) => ({ value: id, label: email }))}
        value={chosen.moveTo}
        onChange={(moveTo) => set({ moveTo })}
        data-testid="move-to"
      />
      {unread.length > 0 ? (
        <Checkbox
          label={`Move them although ${listed(unread)} cannot be read: whoever has answered would be written to again.`}
          checked={chosen.acceptUnread}
          onChange={(event) => set({ acceptUnread: event.currentTarget.checked })}
        />
      ) : null}
    </Stack>
  )
}
