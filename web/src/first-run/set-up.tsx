/** The first page of a new Segue: five fields and one button, then the master key, shown once. */
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { ApiError, sentenceOf } from '../lib/api.ts'
import { setUp } from '../lib/team.ts'
import { browserZone } from '../lib/time.ts'
import { CopyField } from '../ui/copy-field.tsx'
import { Problem } from '../ui/problem.tsx'
import { ZoneSelect } from '../ui/zone-select.tsx'
import { Door } from './door.tsx'
import { Fields } from './fields.tsx'

/** The server asks for as many. */
const PASSWORD_MIN = 8

interface SetUpProps {
  /** Called just before the browser becomes signed in. */
  onStart: () => void
  /** Called when the person has taken the key and goes on. */
  onDone: () => Promise<void>
}

export function SetUp({ onStart, onDone }: SetUpProps) {
  const [key, setKey] = useState<string>()
  if (key) return <TheKey apiKey={key} onDone={onDone} />
  return <SetUpForm onStart={onStart} onKey={setKey} />
}

function useSetUpForm() {
  return useForm({
    initialValues: { team_name: '', time_zone: browserZone(), name: '', email: '', password: '' },
    validate: {
      team_name: (value) => (value.trim() ? null : 'Give your team a name.'),
      time_zone: (value) => (value ? null : 'Choose the zone your team works in.'),
      name: (value) => (value.trim() ? null : 'Your name signs what you do here.'),
      email: (value) =>
        /^\S+@\S+\.\S+$/.test(value.trim()) ? null : 'Enter your email address, to sign in with.',
      password: (value) => (value.length >= PASSWORD_MIN ? null : `At least ${PASSWORD_MIN} characters.`),
    },
  })
}

function SetUpForm({ onStart, onKey }: { onStart: () => void; onKey: (key: string) => void }) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const form = useSetUpForm()
  const submit = form.onSubmit(async (values) => {
    setBusy(true)
    setProblem(undefined)
    onStart()
    try {
      onKey((await setUp({ ...values, email: values.email.trim() })).api_key)
    } catch (error) {
      const field = error instanceof ApiError ? error.body['parameter'] : undefined
      if (typeof field === 'string' && field in values) form.setFieldError(field, sentenceOf(error))
      else setProblem(sentenceOf(error))
    } finally {
      setBusy(false)
    }
  })
  return (
    <Door
      name="Set up"
      title="Set up Segue"
      line="You become its first admin. All of this can be changed later."
    >
      <form onSubmit={submit} noValidate>
        <Fields>
          <SetUpFields form={form} />
          <Problem words={problem} />
          <Button type="submit" loading={busy} fullWidth data-testid="set-up">
            Set up
          </Button>
        </Fields>
      </form>
    </Door>
  )
}

function SetUpFields({ form }: { form: ReturnType<typeof useSetUpForm> }) {
  return (
    <>
      <TextInput
        label="Team name"
        placeholder="Acme"
        autoFocus
        data-testid="team-name"
        {...form.getInputProps('team_name')}
      />
      <ZoneSelect label="Time zone" data-testid="time-zone" {...form.getInputProps('time_zone')} />
      <TextInput label="Your name" autoComplete="name" data-testid="name" {...form.getInputProps('name')} />
      <TextInput
        label="Email"
        type="email"
        autoComplete="username"
        data-testid="email"
        {...form.getInputProps('email')}
      />
      <PasswordInput
        label="Password"
        autoComplete="new-password"
        data-testid="password"
        {...form.getInputProps('password')}
      />
    </>
  )
}

const curlFor = (key: string) =>
  `curl -X POST ${window.location.origin}/api/v1/emailer_campaigns/search \\\n  -H 'Content-Type: application/json' \\\n  -d '{"api_key":"${key}","q_name":""}'`

function TheKey({ apiKey, onDone }: { apiKey: string; onDone: () => Promise<void> }) {
  const [kept, setKept] = useState(false)
  const [busy, setBusy] = useState(false)
  const go = async () => {
    setBusy(true)
    await onDone()
  }
  return (
    <Door
      wide
      name="Your API key"
      title="Your API key"
      line="Programs use it to act as you. It is shown this once: Segue keeps only its hash. You can make another at any time."
    >
      <CopyField label="Key" text={apiKey} testId="new-key" />
      <CopyField label="Try it" text={curlFor(apiKey)} testId="new-key-curl" />
      <Checkbox
        mt="md"
        label="I have kept the key, or do not need it"
        checked={kept}
        onChange={(event) => setKept(event.currentTarget.checked)}
        data-testid="key-kept"
      />
      <Button mt="md" fullWidth disabled={!kept} loading={busy} onClick={go} data-testid="go-on">
        Go to Home
      </Button>
    </Door>
  )
}
