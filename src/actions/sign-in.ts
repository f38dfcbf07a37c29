/**
 * Connects a mailbox by signing in at its provider: the link that a person follows, and what is done when the provider sends them back. A sign-in
 * ends once, within minutes, for the person and the team that began it.
 */
import { type Instant, MINUTE } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, isId, newId, type TeamId } from '../core/ids.ts'
import { type OAuthProvider, PROVIDER_NAMES } from '../core/oauth.ts'
import { CAREFUL } from '../core/providers.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import type { OAuthPort, ProviderServers, SignedInAccount, SignInOutcome } from '../mail/port.ts'
import { isHashOf, type Keys, openSecret, sealSecret, sha256 } from '../seal.ts'
import { type Grant, grantOf, saveGrant } from '../store/mailbox-grants.ts'
import {
  type MailboxRow,
  type MailboxSettings,
  type MailServer,
  mailboxById,
  mailboxesOf,
  saveMailbox,
} from '../store/mailboxes.ts'
import { insertSignIn, type SignInRow, signInById, useSignIn } from '../store/sign-ins.ts'
import { userById } from '../store/users.ts'
import { rampUpOf, saveNew, TRAVELLING, wayOf } from './connect-mailbox.ts'
import { sealToken } from './mailbox-tokens.ts'

/** Long enough for a second factor and an administrator's consent, short enough that a forgotten link is worth nothing. */
const SIGN_IN_TAKES_AT_MOST_MS = 15 * MINUTE

export interface SigningIn {
  team: TeamId
  teamPublicId: string
  userId: Id
  keys: Keys
  oauth: OAuthPort
  /** `SEGUE_TIME_TRAVEL=1`. */
  timeTravel: boolean
  privateMailHosts: readonly string[]
  now: Instant
  /** Sign-ins and tokens live in the provider's world. */
  real: Instant
  random: Random
}

const verifierPurpose = (id: Id) => `sign-in ${id} verifier`

/** Where to send the person's browser. `mailboxId`: the mailbox to be let in again. */
export async function beginSignIn(
  db: Db,
  signingIn: SigningIn,
  {
    provider,
    mailboxId,
    redirectUri,
  }: { provider: OAuthProvider; mailboxId: Id | null; redirectUri: string },
): Promise<Result<{ url: string }>> {
  const { team, userId, keys, oauth, random, real } = signingIn
  if (signingIn.timeTravel) return refused(TRAVELLING, { code: 'time_travel' })
  if (!oauth.providers.includes(provider)) return refused(noClient(provider), { code: 'no_client' })
  const mailbox = mailboxId === null ? null : await mailboxById(db, { team, id: mailboxId })
  if (mailbox === undefined) return notFound()
  if (mailbox?.kind === 'sandbox') return refused('The sandbox has no account to sign in to.')
  const id = newId(real, random)
  const [secret, nonce, verifier] = [random.hex(32), random.hex(16), random.hex(32)]
  await insertSignIn(db, {
    ...{ team, id, userId, provider, mailboxId, redirectUri, nonce, createdAt: real },
    stateHash: sha256(secret),
    verifierSecret: sealSecret(keys, verifierPurpose(id), verifier),
    forgetBefore: real - 2 * SIGN_IN_TAKES_AT_MOST_MS,
  })
  const state = [signingIn.teamPublicId, id, secret].join('.')
  const asked = { provider, redirectUri, state, nonce, verifier }
  return done({ url: await oauth.authorizationUrl(asked, mailbox?.smtp?.user ?? mailbox?.address ?? null) })
}

export function noClient(provider: OAuthProvider): string {
  const key = `SEGUE_${provider.toUpperCase()}_CLIENT_ID`
  return `This Segue has no client of ${PROVIDER_NAMES[provider]} yet. An operator sets ${key} and its secret; docs/oauth.md says where they come from.`
}

/** The mailbox that is let in now; it sends once its check has passed. */
export async function finishSignIn(
  db: Db,
  signingIn: SigningIn,
  answer: URLSearchParams,
): Promise<Result<{ mailboxId: Id }>> {
  const begun = await takeUp(db, signingIn, answer.get('state') ?? '')
  if (!begun.ok) return begun
  const { provider, mailboxId, redirectUri, nonce, id, verifierSecret } = begun.value
  const { keys, oauth } = signingIn
  if (!oauth.providers.includes(provider)) return refused(noClient(provider))
  const verifier = openSecret(keys, verifierPurpose(id), verifierSecret)
  const state = answer.get('state')!
  const outcome = await oauth.finish({ provider, redirectUri, state, nonce, verifier }, answer)
  if (outcome.kind !== 'signed_in') return refused(outcome.sentence)
  return connect(db, signingIn, { provider, mailboxId, outcome })
}

const FORGOTTEN = 'This sign-in is not known here. It may have waited too long: begin again from Mailboxes.'

/** The sign-in that the state names, if it is this person's, young, and not used yet. */
async function takeUp(db: Db, signingIn: SigningIn, state: string): Promise<Result<SignInRow>> {
  const { team, userId, real } = signingIn
  const [teamPublicId, id, secret = ''] = state.split('.')
  if (teamPublicId !== signingIn.teamPublicId || !isId(id)) return refused(FORGOTTEN)
  const begun = await signInById(db, { team, id })
  if (!begun || !isHashOf(begun.stateHash, secret)) return refused(FORGOTTEN)
  if (begun.userId !== userId)
    return refused('Somebody else began this sign-in. Begin your own from Mailboxes.')
  if (begun.createdAt + SIGN_IN_TAKES_AT_MOST_MS < real)
    return refused('This sign-in waited longer than 15 minutes. Begin again from Mailboxes.')
  if (!(await useSignIn(db, { team, id, now: real })))
    return refused(
      'This sign-in was used already. If the mailbox is not connected, begin again from Mailboxes.',
    )
  return done(begun)
}

interface SignedIn {
  provider: OAuthProvider
  mailboxId: Id | null
  outcome: Extract<SignInOutcome, { kind: 'signed_in' }>
}

async function connect(db: Db, signingIn: SigningIn, signedIn: SignedIn): Promise<Result<{ mailboxId: Id }>> {
  const { team } = signingIn
  const { account } = signedIn.outcome
  const known =
    signedIn.mailboxId === null
      ? (await mailboxesOf(db, team)).find((one) => one.address === account.address)
      : await mailboxById(db, { team, id: signedIn.mailboxId })
  if (known) return letInAgain(db, signingIn, { ...signedIn, mailbox: known })
  if (signedIn.mailboxId !== null) return refused('This mailbox was removed meanwhile. Connect it anew.')
  return connectNew(db, signingIn, signedIn)
}

async function connectNew(
  db: Db,
  signingIn: SigningIn,
  signedIn: SignedIn,
): Promise<Result<{ mailboxId: Id }>> {
  const { team, userId, now, random, oauth } = signingIn
  const { provider, outcome } = signedIn
  const id = newId(now, random)
  const user = await userById(db, { team, id: userId })
  // As carefully as the page proposes it for a young mailbox; a person raises it in the settings.
  const settings: MailboxSettings = {
    address: outcome.account.address,
    fromName: user?.name ?? null,
    replyTo: null,
    aliases: [],
    signatureHtml: '',
    ...serversFor(outcome.account, oauth.servers(provider)),
    readsVia: null,
    ...CAREFUL,
    rampUp: await rampUpOf(db, signingIn, { draft: CAREFUL, before: null }),
  }
  const also = (tx: Db) => grant(tx, signingIn, { ...signedIn, id })
  const saved = await saveNew(db, signingIn, { id, kind: provider, settings, also })
  return saved.ok ? done({ mailboxId: id }) : saved
}

/** Whatever it was reached by before: its people, limits and ledger stay. */
async function letInAgain(
  db: Db,
  signingIn: SigningIn,
  { mailbox, ...signedIn }: SignedIn & { mailbox: MailboxRow },
): Promise<Result<{ mailboxId: Id }>> {
  const { team, now, oauth } = signingIn
  const { provider, outcome } = signedIn
  const { id } = mailbox
  if (!isAccountOf(mailbox, outcome.account, await grantOf(db, { team, mailboxId: id })))
    return refused(
      `You signed in as ${outcome.account.address}, but this mailbox is ${mailbox.address}. Sign in as ${mailbox.address}, or connect ${outcome.account.address} as a mailbox of its own.`,
    )
  const settings = { ...mailbox, ...serversFor(outcome.account, oauth.servers(provider)), readsVia: null }
  const unchecked = wayOf(mailbox) !== wayOf(settings)
  await db.transaction(async (tx) => {
    await saveMailbox(tx, { team, id, kind: provider, settings, unchecked, now })
    await grant(tx, signingIn, { ...signedIn, id })
  })
  return done({ mailboxId: id })
}

/** By its address, its login (the mailbox may send as an alias of the account), or the name that never changes. */
function isAccountOf(mailbox: MailboxRow, account: SignedInAccount, before: Grant | undefined): boolean {
  return (
    account.address === mailbox.address ||
    account.login.toLowerCase() === mailbox.smtp?.user?.toLowerCase() ||
    (before?.issuer === account.issuer && before.subject === account.subject)
  )
}

function serversFor({ login }: SignedInAccount, { smtp, imap }: ProviderServers) {
  const server = (at: ProviderServers['smtp']): MailServer => ({ ...at, user: login, sealed: null })
  return { smtp: server(smtp), imap: server(imap) }
}

function grant(
  tx: Db,
  { team, keys, real }: SigningIn,
  { id, provider, outcome }: SignedIn & { id: Id },
): Promise<void> {
  const { account, tokens } = outcome
  return saveGrant(tx, {
    ...{ team, mailboxId: id, provider, issuer: account.issuer, subject: account.subject, now: real },
    refreshSecret: sealToken(keys, { mailboxId: id, use: 'refresh' }, tokens.refreshToken),
    accessSecret: sealToken(keys, { mailboxId: id, use: 'access' }, tokens.accessToken),
    accessEndsAt: real + tokens.expiresInMs,
  })
}
