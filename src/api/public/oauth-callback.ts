/**
 * Where a provider sends the browser of a person back to who connects a mailbox. Open to nobody but whoever began: the session's cookie and the
 * state must agree. Leads to the mailbox and its check, or says in a sentence what was wrong.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { beginCheck } from '../../actions/check-mailbox.ts'
import { finishSignIn } from '../../actions/sign-in.ts'
import type { Id } from '../../core/ids.ts'
import { findSession, type SessionCaller } from '../../store/sessions.ts'
import { cookieIn } from '../auth.ts'
import type { ApiContext } from '../route.ts'
import { escapeHtml, page } from './page.ts'

/** What is registered with the providers, behind the address of this Segue. */
export const CALLBACK_PATH = '/oauth/callback'

export function mountOAuthCallback(app: FastifyInstance, context: ApiContext): void {
  void app.register(async (scope) => {
    scope.get(CALLBACK_PATH, async (request, reply) => {
      const caller = await callerOf(request, context)
      if (!caller) return notSignedIn(reply, context)
      const answer = new URLSearchParams((request.query as { text: string }).text)
      const result = await finishSignIn(context.db, signingIn(caller, context), answer)
      if (!result.ok) return refusedPage(reply, result.refusal.sentence)
      const { mailboxId } = result.value
      await check(caller, context, mailboxId)
      return reply
        .header('cache-control', 'no-store')
        .redirect(`/mailboxes?mailbox=${mailboxId}&check=1`, 303)
    })
  })
}

async function callerOf({ headers }: FastifyRequest, { db, clock }: ApiContext) {
  const token = cookieIn(headers.cookie)
  return token === undefined ? undefined : findSession(db, { token, now: clock.real() })
}

function signingIn({ teamId, teamPublicId, userId }: SessionCaller, context: ApiContext) {
  const { keys, oauth, clock, random, settings } = context
  const { timeTravel, privateMailHosts } = settings
  const at = { now: clock.now(), real: clock.real() }
  return { team: teamId, teamPublicId, userId, keys, oauth, timeTravel, privateMailHosts, random, ...at }
}

/** The page shows its steps; it goes on without the page, too. */
async function check({ teamId }: SessionCaller, context: ApiContext, mailboxId: Id): Promise<void> {
  const { db, settings } = context
  const { privateMailHosts } = settings
  await beginCheck(db, { ...context, team: teamId, privateMailHosts }, mailboxId)
}

function refusedPage(reply: FastifyReply, sentence: string): FastifyReply {
  return page(reply.code(422), {
    title: 'The mailbox is not connected',
    text: escapeHtml(sentence),
    link: { to: '/mailboxes', words: 'Back to Mailboxes' },
  })
}

/** The provider came back to another address than the one the person is signed in at. */
function notSignedIn(reply: FastifyReply, { settings }: ApiContext): FastifyReply {
  const address = settings.publicUrl ?? ''
  return page(reply.code(401), {
    title: 'You are not signed in here',
    text: `Open Segue at ${address === '' ? 'this address' : escapeHtml(address)}, sign in, and connect the mailbox from there.`,
    link: { to: `${address}/mailboxes`, words: 'Open Segue' },
  })
}
