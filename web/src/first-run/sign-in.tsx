/** Email and password, then on to the page that was asked for. */
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import { signIn } from '../lib/team.ts'
import { Problem } from '../ui/problem.tsx'
import { Door } from './door.tsx'
import { Fields } from './fields.tsx'

export function SignIn({ onDone }: { onDone: () => Promise<void> }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await signIn(email.trim(), password)
      await onDone()
    } catch (error) {
      setProblem(sentenceOf(error))
      setBusy(false)
    }
  }
  return (
    <Door name="Sign in" title="Sign in to Segue">
      <form onSubmit={submit}>
        <Fields>
          <TextInput
            label="Email"
            type="email"
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            data-testid="email"
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            data-testid="password"
          />
          <Problem words={problem} />
          <Button type="submit" loading={busy} fullWidth data-testid="sign-in">
            Sign in
          </Button>
        </Fields>
      </form>
    </Door>
  )
}
