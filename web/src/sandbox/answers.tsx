/** What one can do as the recipient. Each produces a real mail back, which Segue reads like any other. */
import { Button, Menu, Popover, Textarea, TextInput } from '@mantine/core'
import {
  IconArrowBackUp,
  IconBeach,
  IconCalendarPlus,
  IconFlag,
  IconHandStop,
  IconMailX,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SandboxMail } from '../lib/api-types.ts'
import { serverNow } from '../lib/clock.ts'
import { type AnswerKind, answerMail } from '../lib/reading.ts'
import { tell, useAct } from '../ui/act.tsx'
import classes from './sandbox.module.css'

const DAY_MS = 86_400_000

const DONE: Record<AnswerKind, string> = {
  answer: 'The answer is on its way back.',
  away: 'The out-of-office reply is on its way back.',
  meeting: 'The invitation is on its way back.',
  bounce: 'The bounce is on its way back.',
  mailbox_full: 'The bounce is on its way back.',
  blocked: 'The bounce is on its way back.',
  opt_out: 'The opt-out is on its way back.',
  complaint: 'The spam report is on its way back.',
}

/** How long the engine takes at most to notice a mail in the sandbox. */
const NOTICED_MS = 1_500

function useAnswer(mail: SandboxMail) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const send = (kind: AnswerKind, more: { text?: string; returns_on?: string } = {}) =>
    run(async () => {
      await answerMail(mail.id, { kind, ...more })
      tell(DONE[kind])
      await queries.invalidateQueries()
      setTimeout(() => queries.invalidateQueries(), NOTICED_MS)
    })
  return { busy, send }
}

export function Answers({ mail }: { mail: SandboxMail }) {
  const { busy, send } = useAnswer(mail)
  const [writing, setWriting] = useState(false)
  return (
    <>
      <div className={classes.answers} role="toolbar" aria-label={`As ${mail.to}`}>
        <Button
          variant={writing ? 'filled' : 'default'}
          leftSection={<IconArrowBackUp size={16} />}
          onClick={() => setWriting(!writing)}
          data-testid="sandbox-answer"
        >
          Answer
        </Button>
        <Away busy={busy} onAway={(date) => send('away', { returns_on: date })} />
        <Button
          variant="default"
          leftSection={<IconCalendarPlus size={16} />}
          disabled={busy}
          onClick={() => send('meeting')}
          data-testid="sandbox-meeting"
        >
          Invite to a meeting
        </Button>
        <Bounce busy={busy} onBounce={(kind) => send(kind)} />
        <Button
          variant="default"
          leftSection={<IconHandStop size={16} />}
          disabled={busy}
          onClick={() => send('opt_out')}
          data-testid="sandbox-opt-out"
        >
          Unsubscribe
        </Button>
        <Button
          variant="default"
          leftSection={<IconFlag size={16} />}
          disabled={busy}
          onClick={() => send('complaint')}
          data-testid="sandbox-complaint"
        >
          Mark as spam
        </Button>
      </div>
      {writing ? (
        <Composer
          to={mail.to}
          busy={busy}
          onSend={(text) => send('answer', { text }).then((sent) => sent && setWriting(false))}
        />
      ) : null}
    </>
  )
}

function Composer({ to, busy, onSend }: { to: string; busy: boolean; onSend: (text: string) => void }) {
  const [text, setText] = useState('Thanks, that sounds interesting. Can we talk on Thursday?')
  return (
    <div className={classes.composer}>
      <Textarea
        label={`Answer as ${to}`}
        value={text}
        autosize
        minRows={3}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
        data-testid="sandbox-answer-text"
      />
      <Button
        mt={8}
        loading={busy}
        disabled={!text.trim()}
        onClick={() => onSend(text)}
        data-testid="sandbox-answer-send"
      >
        Send the answer
      </Button>
    </div>
  )
}

const BOUNCES = [
  ['bounce', 'The address does not exist'],
  ['mailbox_full', 'The mailbox is full'],
  ['blocked', 'Refused as spam'],
] as const

function Bounce({ busy, onBounce }: { busy: boolean; onBounce: (kind: AnswerKind) => void }) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconMailX size={16} />}
          disabled={busy}
          data-testid="sandbox-return"
        >
          Bounce...
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {BOUNCES.map(([kind, words]) => (
          <Menu.Item key={kind} onClick={() => onBounce(kind)} data-testid={`sandbox-${kind}`}>
            {words}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const inAWeek = () => new Date(serverNow() + 7 * DAY_MS).toISOString().slice(0, 10)

function Away({ busy, onAway }: { busy: boolean; onAway: (date: string) => void }) {
  const [opened, setOpened] = useState(false)
  const [date, setDate] = useState(inAWeek)
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus position="bottom-start">
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconBeach size={16} />}
          disabled={busy}
          onClick={() => setOpened(!opened)}
          data-testid="sandbox-away"
        >
          Away until...
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <TextInput
          type="date"
          label="Back on"
          value={date}
          onChange={(event) => setDate(event.currentTarget.value)}
          data-testid="sandbox-away-date"
        />
        <Button
          mt={8}
          fullWidth
          disabled={!date}
          onClick={() => {
            setOpened(false)
            onAway(date)
          }}
          data-testid="sandbox-away-send"
        >
          Send the out-of-office reply
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}
