/** Connecting a mailbox: provider, credentials, then a check that shows each step as it happens. */
import { Button, Group, Modal } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import type { Provider } from '../lib/mailbox-types.ts'
import { type Connected, connectMailbox, providersQuery } from '../lib/mailboxes.ts'
import { useSession } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { AppLink } from '../ui/link.tsx'
import { Notice, Problem } from '../ui/problem.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { CheckSteps } from './check-steps.tsx'
import { CredentialFields } from './credential-fields.tsx'
import { begin, type Credentials, inputOf } from './credentials.ts'
import { LimitFields } from './limits.tsx'
import classes from './mailboxes.module.css'
import { SignInFirst } from './sign-in.tsx'

export function ConnectWizard({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Connect a mailbox" size={600}>
      {opened ? <Steps onClose={onClose} /> : null}
    </Modal>
  )
}

function Steps({ onClose }: { onClose: () => void }) {
  const { user } = useSession()
  const [provider, setProvider] = useState<Provider>()
  const [given, setGiven] = useState<Credentials>()
  const [connected, setConnected] = useState<Connected>()
  if (connected) return <Checked connected={connected} onClose={onClose} />
  if (!provider || !given)
    return (
      <Providers
        onChoose={(chosen) => {
          setProvider(chosen)
          setGiven(begin(chosen, user.name))
        }}
      />
    )
  return (
    <Enter
      provider={provider}
      given={given}
      onChange={(patch) => setGiven({ ...given, ...patch })}
      onBack={() => setProvider(undefined)}
      onConnected={setConnected}
    />
  )
}

function Providers({ onChoose }: { onChoose: (provider: Provider) => void }) {
  const { data, error, refetch } = useQuery(providersQuery)
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <LoadingRows rows={5} />
  return (
    <div className={classes.providers}>
      {data.map((each) => (
        <button
          type="button"
          key={each.key}
          className={classes.provider}
          onClick={() => onChoose(each)}
          data-testid={`provider-${each.key}`}
        >
          <strong>{each.name}</strong>
          <span className="sg-quiet">{each.needs}</span>
        </button>
      ))}
    </div>
  )
}

interface EnterProps {
  provider: Provider
  given: Credentials
  onChange: (patch: Partial<Credentials>) => void
  onBack: () => void
  onConnected: (connected: Connected) => void
}

function Enter({ provider, given, onChange, onBack, onConnected }: EnterProps) {
  const queries = useQueryClient()
  const { public_url_is_https } = useSession()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      onConnected(await connectMailbox(inputOf(given)))
      queries.invalidateQueries()
    } catch (error) {
      setProblem(sentenceOf(error))
      setBusy(false)
    }
  }
  return (
    <form onSubmit={submit}>
      <SignInFirst providerKey={provider.key} />
      <p className="sg-quiet" style={{ marginBottom: 12 }}>
        {provider.needs}
      </p>
      <CredentialFields given={given} onChange={onChange} passwordLabel={provider.password} />
      <div style={{ marginTop: 16 }}>
        <LimitFields limits={given.limits} provider={provider} onChange={(limits) => onChange({ limits })} />
      </div>
      {public_url_is_https ? null : (
        <Notice>
          Segue has no https address (SEGUE_PUBLIC_URL), so people opt out of this mailbox by mail only, and
          nothing is tracked.
        </Notice>
      )}
      <Problem words={problem} />
      <Group justify="space-between" mt="md">
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button type="submit" loading={busy} data-testid="mailbox-connect">
          Connect and check
        </Button>
      </Group>
    </form>
  )
}

function Checked({ connected, onClose }: { connected: Connected; onClose: () => void }) {
  const { set } = useUrl()
  const { email_account: mailbox, sequences_on_always: always = [] } = connected
  return (
    <>
      <CheckSteps mailbox={mailbox} onMend={() => set({ connect: undefined, mailbox: mailbox.id })} />
      {always.length > 0 ? (
        <Notice tone="paused">
          New sequences now send Monday to Friday, 9 to 17. These still send at any hour:{' '}
          {always.map((sequence, index) => (
            <span key={sequence.id}>
              {index > 0 ? ', ' : ''}
              <AppLink to={`/sequences/${sequence.id}/settings`}>
                {sequence.name ?? 'Untitled sequence'}
              </AppLink>
            </span>
          ))}
          .
        </Notice>
      ) : null}
      <Group justify="flex-end" mt="md">
        <Button onClick={onClose} data-testid="mailbox-done">
          Done
        </Button>
      </Group>
    </>
  )
}
