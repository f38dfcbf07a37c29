/** Each sequence a person is in, how they stand there, and why nothing was sent. */
import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Contact, PersonEnrollment } from '../lib/api-types.ts'
import { recordMeeting } from '../lib/contacts.ts'
import { changeStatuses, release, stopPeople } from '../lib/sequences.ts'
import { nameOf } from '../lib/words.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Instant } from '../ui/instant.tsx'
import { AppLink } from '../ui/link.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import classes from './person.module.css'
import { WhyNotSent } from './why-not-sent.tsx'

export function Enrollments({ contact, enrollments }: { contact: Contact; enrollments: PersonEnrollment[] }) {
  return (
    <section>
      <h2 className={classes.heading}>Sequences</h2>
      {enrollments.length === 0 ? <p className="sg-quiet">Not in any sequence.</p> : null}
      {enrollments.map((enrollment) => (
        <One key={enrollment.id} contact={contact} enrollment={enrollment} />
      ))}
    </section>
  )
}

const OVER = new Set(['finished', 'failed', 'replied', 'bounced'])

function One({ contact, enrollment }: { contact: Contact; enrollment: PersonEnrollment }) {
  const over = OVER.has(enrollment.state)
  const [opened, setOpened] = useState(enrollment.state === 'held')
  return (
    <div className={classes.enrollment} data-testid="person-enrollment">
      <div className={classes.enrollmentHead}>
        <AppLink to={`/sequences/${enrollment.sequence_id}`} plain style={{ fontWeight: 500 }}>
          {enrollment.sequence_name ?? 'Untitled sequence'}
        </AppLink>
        <StateBadge state={enrollment.state} />
      </div>
      {enrollment.sentence ? <p>{enrollment.sentence}</p> : null}
      <p className="sg-quiet">
        {enrollment.step_position ? `Step ${enrollment.step_position} of ${enrollment.num_steps}` : ''}
        {enrollment.next_at ? (
          <>
            , next <Instant at={enrollment.next_at} zone={contact.time_zone} />
          </>
        ) : null}
      </p>
      {over ? null : (
        <div className={classes.enrollmentActions}>
          <Acts contact={contact} enrollment={enrollment} />
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            aria-expanded={opened}
            onClick={() => setOpened(!opened)}
            rightSection={<IconChevronDown size={14} />}
            data-testid="why-not-sent"
          >
            Why not sent?
          </Button>
        </div>
      )}
      {opened && !over ? <WhyNotSent enrollmentId={enrollment.id} zone={contact.time_zone} /> : null}
    </div>
  )
}

interface OfPerson {
  contact: Contact
  enrollment: PersonEnrollment
}

/** Does something to the person, then says so in these words behind their name. */
function useActing(contact: Contact) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const act = (words: string, what: () => Promise<unknown>) => () =>
    run(async () => {
      await what()
      await queries.invalidateQueries()
      tell(`${nameOf(contact)} ${words}.`)
    })
  return { busy, act }
}

function Acts({ contact, enrollment }: OfPerson) {
  const { busy, act } = useActing(contact)
  const { sequence_id: sequence, state } = enrollment
  const button = (words: string, onClick: () => unknown) => (
    <Button size="compact-sm" variant="default" loading={busy} onClick={onClick}>
      {words}
    </Button>
  )
  const change = (to: 'active' | 'paused') => () => changeStatuses(sequence, [contact.id], to)
  return (
    <>
      {state === 'held'
        ? button(
            'Retry',
            act('goes on', () => release(enrollment.id)),
          )
        : null}
      {state === 'paused'
        ? button('Resume', act('goes on', change('active')))
        : button('Pause', act('is paused', change('paused')))}
      <StopMenu contact={contact} enrollment={enrollment} />
    </>
  )
}

function StopMenu({ contact, enrollment }: OfPerson) {
  const { act } = useActing(contact)
  const stop = (mode: 'mark_as_finished' | 'remove') => () =>
    stopPeople(enrollment.sequence_id, [contact.id], mode)
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button size="compact-sm" variant="default" rightSection={<IconChevronDown size={14} />}>
          Stop
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={act('is finished here', stop('mark_as_finished'))}>
          Finish: nothing more from this sequence
        </Menu.Item>
        <Menu.Item
          onClick={act('has a meeting', () => recordMeeting(contact.id))}
          data-testid="meeting-arranged"
        >
          Meeting arranged: nothing more from any sequence
        </Menu.Item>
        <Menu.Item onClick={act('is removed from it', stop('remove'))}>
          Remove: may be added again from the start
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
