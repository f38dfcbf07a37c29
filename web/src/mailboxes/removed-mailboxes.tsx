/** What is left of removed mailboxes: whoever waits for another one, and inboxes that are still read. Nothing where there is none. */
import { Button, Checkbox, Stack } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { RemovedMailbox } from '../lib/mailbox-types.ts'
import { endReading, moveStranded, removedQuery } from '../lib/mailboxes.ts'
import { dayAndMonth } from '../lib/time.ts'
import { counted } from '../lib/words.ts'
import { tell } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import classes from './mailboxes.module.css'
import { MoveTo, useOthers } from './move-to.tsx'

export function RemovedMailboxes() {
  const { data } = useQuery(removedQuery)
  if (!data?.length) return null
  return (
    <section className={classes.removed} aria-label="Removed mailboxes">
      <h2 className={classes.removedTitle}>Removed</h2>
      {data.map((mailbox) => (
        <div key={mailbox.id} className={classes.removedRow} data-testid="removed-mailbox">
          <div className={classes.names}>
            <div className={classes.address}>{mailbox.email}</div>
            <div className={classes.sentence}>{sentenceOf(mailbox)}</div>
          </div>
          <div className={classes.removedActions}>
            {mailbox.people_waiting > 0 ? <ChooseForAll mailbox={mailbox} /> : null}
            {mailbox.reads_until ? <StopReading mailbox={mailbox} /> : null}
          </div>
        </div>
      ))}
    </section>
  )
}

function sentenceOf({ people_waiting, reads_until, read_problem }: RemovedMailbox): string {
  const waiting =
    people_waiting === 0
      ? ''
      : `${counted(people_waiting, 'person waits', 'people wait')} for another mailbox. `
  if (reads_until === null) return `${waiting}Its answers are not read any more.`
  const until = dayAndMonth(Date.parse(reads_until), 'UTC')
  const reading = read_problem
    ? `Its answers should be read until ${until}, and cannot be: ${read_problem}`
    : `Its answers are read until ${until}.`
  return waiting + reading
}

function ChooseForAll({ mailbox }: { mailbox: RemovedMailbox }) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [chosen, setChosen] = useState<string[]>([])
  const [accepted, setAccepted] = useState(false)
  const unread = mailbox.reads_until === null
  const others = useOthers(mailbox.id)
  // One alone needs no choosing.
  const moveTo = others.length === 1 ? others.map(({ id }) => id) : chosen
  const waiting = counted(mailbox.people_waiting, 'person', 'people')
  const move = async () => {
    const { moved } = await moveStranded(mailbox.id, moveTo, unread && accepted)
    await queries.invalidateQueries()
    tell(`${counted(moved, 'person has', 'people have')} another mailbox now.`)
  }
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => setAsking(true)}
        data-testid="choose-for-all"
      >
        Choose a mailbox
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Who writes to ${waiting} from now on?`}
        verb="Go on"
        blocked={moveTo.length === 0 || (unread && !accepted)}
        onConfirm={move}
      >
        <Stack gap={12}>
          <div>
            They were written to from {mailbox.email}. The next email to each leaves from the mailbox you
            choose, in a new thread. Whoever is paused stays paused.
          </div>
          {others.length === 0 ? (
            <div className="sg-quiet">No other mailbox is connected that could take them over.</div>
          ) : (
            <MoveTo others={others} value={moveTo} onChange={setChosen} />
          )}
          {unread ? (
            <Checkbox
              label="Nobody reads its answers any more: whoever has answered there is written to again."
              checked={accepted}
              onChange={(event) => setAccepted(event.currentTarget.checked)}
              data-testid="accept-unread"
            />
          ) : null}
        </Stack>
      </Confirm>
    </>
  )
}

function StopReading({ mailbox }: { mailbox: RemovedMailbox }) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const stop = async () => {
    await endReading(mailbox.id)
    await queries.invalidateQueries()
    tell(`${mailbox.email} is not read any more.`)
  }
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        color="red"
        onClick={() => setAsking(true)}
        data-testid="stop-reading"
      >
        Stop reading
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Stop reading ${mailbox.email}?`}
        verb="Stop reading"
        danger
        onConfirm={stop}
      >
        <p>
          Its password is forgotten now. Answers, bounces and opt-outs that arrive there from now on are not
          known, and cannot stop anybody.
        </p>
      </Confirm>
    </>
  )
}
