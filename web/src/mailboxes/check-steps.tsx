/** A check of a mailbox, each step as it happens: connected, logged in, sent, found, Sent copy seen. Starts by itself. */
import { Button, Group, Loader } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import type { CheckStep, Mailbox } from '../lib/mailbox-types.ts'
import { checkQuery, mailboxesQuery, startCheck } from '../lib/mailboxes.ts'
import { Problem } from '../ui/problem.tsx'
import classes from './mailboxes.module.css'
import { Reconnect } from './sign-in.tsx'

interface CheckProps {
  mailbox: Mailbox
  /** Leads to where a wrong server or password is put right. */
  onMend?: () => void
}

export function CheckSteps({ mailbox, onMend }: CheckProps) {
  const queries = useQueryClient()
  const [checkId, setCheckId] = useState('')
  const [problem, setProblem] = useState<string>()
  const begun = useRef(false)
  const { data } = useQuery(checkQuery(mailbox.id, checkId))
  const state = data?.check.state
  const begin = async () => {
    setProblem(undefined)
    try {
      setCheckId((await startCheck(mailbox.id)).check.id)
    } catch (error) {
      setProblem(sentenceOf(error))
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is shown; StrictMode mounts twice
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    begin()
  }, [])
  useEffect(() => {
    if (state === 'passed' || state === 'failed')
      queries.invalidateQueries({ queryKey: mailboxesQuery.queryKey, exact: true })
  }, [state, queries])
  return (
    <div data-testid="check" data-state={state}>
      <p style={{ marginBottom: 8 }} aria-live="polite">
        {state === 'passed'
          ? `${mailbox.email} works.`
          : state === 'failed'
            ? 'Something is wrong:'
            : `Checking ${mailbox.email}`}
      </p>
      <ul className={classes.steps}>
        {data?.check.steps.map((step) => (
          <Line key={step.name} step={step} />
        ))}
        {(state ?? 'running') === 'running' && !problem ? (
          <li>
            <Loader size={16} aria-hidden />
            <span className="sg-quiet">{data?.check.steps.length ? 'Going on' : 'Connecting'}</span>
          </li>
        ) : null}
      </ul>
      <Problem words={problem} />
      {state === 'failed' || problem ? <WaysOut mailbox={mailbox} onMend={onMend} onAgain={begin} /> : null}
    </div>
  )
}

function WaysOut({ mailbox, onMend, onAgain }: CheckProps & { onAgain: () => void }) {
  return (
    <Group mt="sm" gap={8}>
      <Reconnect mailbox={mailbox} />
      {onMend ? (
        <Button onClick={onMend} data-testid="mailbox-mend">
          Change server or password
        </Button>
      ) : null}
      <Button variant="default" onClick={onAgain}>
        Check again
      </Button>
    </Group>
  )
}

function Line({ step }: { step: CheckStep }) {
  const Mark = MARKS[step.state] ?? IconCircleCheck
  return (
    <li data-state={step.state}>
      <Mark size={16} stroke={1.75} aria-hidden />
      <span>{step.words || step.name}</span>
    </li>
  )
}

/** `noted`: nothing is wrong, but something is worth knowing. */
const MARKS = { done: IconCircleCheck, failed: IconAlertTriangle, noted: IconInfoCircle }
