/** What is left until the first mail arrives. Each line does the thing; none explains it. */
import { Button, TextInput } from '@mantine/core'
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { Home } from '../lib/api-types.ts'
import { createContact } from '../lib/contacts.ts'
import { createSequence, searchSequences } from '../lib/sequences.ts'
import { useGo } from '../lib/url.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Section } from '../ui/page.tsx'
import classes from './home.module.css'

const LINES: Record<string, { words: string; done: string; does: () => ReactNode }> = {
  mailbox: { words: 'Connect a mailbox, or use the sandbox', done: 'A mailbox to send from', does: Connect },
  person: { words: 'Add a person', done: 'A person to write to', does: AddPerson },
  step: { words: 'Write a step', done: 'A step is written', does: WriteStep },
  enroll: {
    words: 'Add the person to the sequence and turn it on',
    done: 'Somebody is in a sequence',
    does: Enroll,
  },
  arrived: { words: 'See the mail arrive', done: 'A mail has arrived', does: SeeIt },
}

export function Checklist({ lines }: { lines: Home['checklist'] }) {
  return (
    <Section title="First mail">
      <ol className={classes.lines}>
        {lines.map(({ key, done }) => {
          const line = LINES[key]
          if (!line) return null
          const Does = line.does
          return (
            <li
              key={key}
              className={classes.item}
              data-done={done || undefined}
              data-testid={`checklist-${key}`}
            >
              <span className={classes.mark} role="img" aria-label={done ? 'Done' : 'To do'}>
                {done ? <IconCircleCheckFilled size={20} /> : <IconCircle size={20} stroke={1.5} />}
              </span>
              <div className={classes.body}>
                <span className={classes.what}>{done ? line.done : line.words}</span>
                {done ? null : <Does />}
              </div>
            </li>
          )
        })}
      </ol>
    </Section>
  )
}

function Connect() {
  const go = useGo()
  return (
    <div className={classes.form}>
      <Button variant="default" onClick={() => go('/mailboxes', { connect: '1' })}>
        Connect a mailbox
      </Button>
    </div>
  )
}

function AddPerson() {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const go = useGo()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const add = (event: FormEvent) => {
    event.preventDefault()
    const [first = '', ...rest] = name.trim().split(/\s+/)
    run(async () => {
      await createContact({ first_name: first, last_name: rest.join(' '), email: email.trim() })
      await queries.invalidateQueries()
      tell(`${name.trim()} is in People now.`)
    })
  }
  return (
    <form className={classes.form} onSubmit={add}>
      <TextInput
        aria-label="Name"
        placeholder="Name"
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        w={160}
      />
      <TextInput
        aria-label="Email"
        placeholder="Email"
        type="email"
        required
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        w={200}
      />
      <Button type="submit" variant="default" loading={busy} h={34}>
        Add
      </Button>
      <Button variant="subtle" h={34} onClick={() => go('/people/import')}>
        Import a file
      </Button>
    </form>
  )
}

/** The newest sequence, which is the one a newcomer is working on. */
function useNewest() {
  const { data } = useQuery({
    queryKey: ['sequences', 'newest'],
    queryFn: ({ signal }) => searchSequences({ sort: 'created_at', perPage: 1 }, signal),
  })
  return data?.emailer_campaigns[0]
}

function WriteStep() {
  const go = useGo()
  const queries = useQueryClient()
  const newest = useNewest()
  const { busy, run } = useAct()
  const write = () =>
    run(async () => {
      if (newest) return go(`/sequences/${newest.id}`)
      const { emailer_campaign } = await createSequence({ name: 'My first sequence' })
      await queries.invalidateQueries({ queryKey: ['sequences'] })
      go(`/sequences/${emailer_campaign.id}`)
    })
  return (
    <Button variant="default" loading={busy} onClick={write}>
      Write a step
    </Button>
  )
}

function Enroll() {
  const go = useGo()
  const newest = useNewest()
  return (
    <Button
      variant="default"
      disabled={!newest}
      onClick={() => go(`/sequences/${newest?.id}/people`, { add: '1' })}
    >
      Add people
    </Button>
  )
}

function SeeIt() {
  const go = useGo()
  return (
    <Button variant="default" onClick={() => go('/sandbox')}>
      Open the sandbox
    </Button>
  )
}
