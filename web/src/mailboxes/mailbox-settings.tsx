/** Changing a mailbox, in a drawer: credentials, limits, signature, and its check. */
import { Button, Group } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import type { Mailbox } from '../lib/mailbox-types.ts'
import { providersQuery, updateMailbox } from '../lib/mailboxes.ts'
import { useUrl } from '../lib/url.ts'
import { tell } from '../ui/act.tsx'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { SideDrawer } from '../ui/side-drawer.tsx'
import { CheckSteps } from './check-steps.tsx'
import { CredentialFields, MoreFields, NameFields } from './credential-fields.tsx'
import { type Credentials, credentialsOf, inputOf, inputWithoutLogin } from './credentials.ts'
import { LimitFields } from './limits.tsx'
import { SignedIn, signInOf } from './sign-in.tsx'

export function MailboxSettings({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  const { state, set } = useUrl()
  const checking = state['check'] === '1'
  const close = () => {
    set({ check: undefined })
    onClose()
  }
  return (
    <SideDrawer opened onClose={close} title={mailbox.email} width={600}>
      {checking ? (
        <Section
          title="Check"
          actions={
            <Button size="compact-sm" variant="default" onClick={() => set({ check: undefined })}>
              Settings
            </Button>
          }
        >
          <CheckSteps mailbox={mailbox} />
        </Section>
      ) : (
        <Form mailbox={mailbox} onSaved={() => set({ check: '1' })} />
      )}
    </SideDrawer>
  )
}

function Form({ mailbox, onSaved }: { mailbox: Mailbox; onSaved: () => void }) {
  const queries = useQueryClient()
  const { data: providers } = useQuery(providersQuery)
  const [given, setGiven] = useState<Credentials>(() => credentialsOf(mailbox))
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const signsIn = signInOf(mailbox) !== null
  const change = (patch: Partial<Credentials>) => setGiven({ ...given, ...patch })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await updateMailbox(mailbox.id, signsIn ? inputWithoutLogin(given) : inputOf(given))
      await queries.invalidateQueries()
      tell('Saved.')
      onSaved()
    } catch (error) {
      setProblem(sentenceOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={submit}>
      <Section title="Limits">
        <LimitFields
          limits={given.limits}
          provider={providers?.find((each) => each.key === mailbox.provider)}
          onChange={(limits) => change({ limits })}
        />
      </Section>
      <Section title="Login">
        {signsIn ? (
          <>
            <SignedIn mailbox={mailbox} />
            <NameFields given={given} onChange={change} known />
          </>
        ) : (
          <CredentialFields given={given} onChange={change} known passwordLabel="Password" />
        )}
      </Section>
      <Section title="More">
        <MoreFields given={given} onChange={change} />
      </Section>
      <Problem words={problem} />
      <Group justify="flex-end" mt="md">
        <Button type="submit" loading={busy} data-testid="mailbox-save">
          Save and check
        </Button>
      </Group>
    </form>
  )
}
