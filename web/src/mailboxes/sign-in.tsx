/** Connecting a mailbox without a password: the person signs in at the provider and comes back to the check. */
import { Button, Divider } from '@mantine/core'
import { useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import type { Mailbox } from '../lib/mailbox-types.ts'
import { beginSignIn, type SignInProvider } from '../lib/mailboxes.ts'
import { useSession } from '../lib/session.ts'
import { Notice, Problem } from '../ui/problem.tsx'
import classes from './mailboxes.module.css'

const NAMES: Record<SignInProvider, string> = { google: 'Google', microsoft: 'Microsoft' }

/** Where the accounts of a mail provider sign in, by its key. */
const SIGN_IN_OF: Record<string, SignInProvider> = {
  google_workspace: 'google',
  gmail: 'google',
  microsoft: 'microsoft',
}

/** Null: the mailbox is reached with passwords. */
export const signInOf = ({ kind }: Mailbox): SignInProvider | null =>
  kind === 'google' || kind === 'microsoft' ? kind : null

/** Above the passwords, which stay a way in. */
export function SignInFirst({ providerKey }: { providerKey: string }) {
  const { oauth_providers } = useSession()
  const at = SIGN_IN_OF[providerKey]
  if (!at) return null
  if (!oauth_providers.includes(at))
    return (
      <Notice>
        To connect with {NAMES[at]} instead of a password, an operator registers this Segue there once: the
        page docs/oauth.md of Segue walks through it.
      </Notice>
    )
  return (
    <div className={classes.signIn}>
      <SignInButton at={at} words={`Connect with ${NAMES[at]}`} />
      <p className="sg-quiet">
        You sign in at {NAMES[at]} and come back here. No password is stored, and you can take the permission
        back there.
      </p>
      <Divider label="or with a password" labelPosition="center" my={16} />
    </div>
  )
}

export function Reconnect({ mailbox, compact }: { mailbox: Mailbox; compact?: boolean }) {
  const at = signInOf(mailbox)
  if (at === null) return null
  return <SignInButton at={at} id={mailbox.id} words="Reconnect" {...(compact ? { compact } : {})} />
}

interface ButtonProps {
  at: SignInProvider
  words: string
  /** The mailbox to be let in again. */
  id?: string
  compact?: boolean
}

function SignInButton({ at, words, id, compact }: ButtonProps) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const leave = async () => {
    setBusy(true)
    setProblem(undefined)
    try {
      window.location.assign((await beginSignIn(at, id)).authorization_url)
    } catch (error) {
      setProblem(sentenceOf(error))
      setBusy(false)
    }
  }
  return (
    <>
      <Button
        loading={busy}
        onClick={leave}
        {...(compact ? { size: 'compact-sm' } : {})}
        data-testid={id ? 'mailbox-reconnect' : `sign-in-${at}`}
      >
        {words}
      </Button>
      <Problem words={problem} />
    </>
  )
}

/** In place of servers and passwords. */
export function SignedIn({ mailbox }: { mailbox: Mailbox }) {
  const at = signInOf(mailbox)
  if (at === null) return null
  return (
    <div className={classes.signIn}>
      <p>
        Connected with {NAMES[at]} as {mailbox.smtp?.user ?? mailbox.email}.
      </p>
      <Reconnect mailbox={mailbox} compact />
    </div>
  )
}
