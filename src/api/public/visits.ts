/**
 * The picture and the links of a tracked email: open to whoever holds the mail. Writes one row and answers; what the visit means is judged by
 * the engine. A link leads where the stored email says and nowhere else, so nobody can bend it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isId } from '../../core/ids.ts'
import { linkTarget } from '../../core/tracking.ts'
import type { Visit } from '../../core/visit.ts'
import { AHEAD_HEADERS } from '../../core/visitors.ts'
import { findTracked, recordVisit, type TrackedMail, trackedWording } from '../../store/visits.ts'
import type { ApiContext } from '../route.ts'
import { page } from './page.ts'

/** One transparent point. */
const PICTURE = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const TOKEN = /^[0-9a-f]{32}$/
/** Three digits: more links than any email has that is tracked. */
const NUMBER = /^\d{1,3}$/
/** Kept by nobody: each fetch is to be seen, and none is to be found by a search engine. */
const HEADERS = {
  'cache-control': 'no-store, no-cache, must-revalidate, private',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
}

export function mountVisits(app: FastifyInstance, context: ApiContext): void {
  void app.register(async (scope) => {
    scope.get('/t/:team/:message/:token/o.gif', async (request, reply) => {
      await noteOpen(request, context)
      return reply
        .headers({ ...HEADERS, 'content-type': 'image/gif', 'content-length': PICTURE.length })
        .send(PICTURE)
    })
    scope.get('/t/:team/:message/:token/:link', async (request, reply) => {
      const mail = await find(request, context)
      const target = mail && (await targetOf(mail, request, context))
      if (!mail || target === undefined) return unknownLink(reply)
      await note(request, context, { mail, kind: 'click', link: linkOf(request), target })
      // As mails are written: with letters of any script, which no header may carry.
      return reply.headers(HEADERS).redirect(new URL(target).href, 302)
    })
  })
}

/** Whatever is wrong, the mail shows no broken picture. Asking for its headers alone shows it to nobody. */
async function noteOpen(request: FastifyRequest, context: ApiContext): Promise<void> {
  if (request.method === 'HEAD') return
  try {
    const mail = await find(request, context)
    if (mail) await note(request, context, { mail, kind: 'open', link: null, target: null })
  } catch (error) {
    context.log.warn({ err: error }, 'an opening could not be written down')
  }
}

async function find(request: FastifyRequest, { db }: ApiContext): Promise<TrackedMail | undefined> {
  const { team, message, token } = request.params as { team: string; message: string; token: string }
  if (!isId(team) || !isId(message) || !TOKEN.test(token)) return undefined
  return findTracked(db, { teamPublicId: team, messageId: message, token })
}

const linkOf = ({ params }: FastifyRequest) => {
  const { link } = params as { link: string }
  return NUMBER.test(link) ? Number(link) : null
}

async function targetOf(
  mail: TrackedMail,
  request: FastifyRequest,
  { db }: ApiContext,
): Promise<string | undefined> {
  const link = linkOf(request)
  const html = link === null ? undefined : await trackedWording(db, mail)
  return html === undefined ? undefined : linkTarget(html, link!)
}

/** A reader waits for the page, not for our row: what cannot be written down leads on all the same. */
async function note(
  request: FastifyRequest,
  { db, clock, random, log }: ApiContext,
  { mail, ...visit }: Pick<Visit, 'kind' | 'link'> & { mail: TrackedMail; target: string | null },
): Promise<void> {
  try {
    await recordVisit(db, {
      ...visit,
      team: mail.team,
      messageId: mail.messageId,
      way: wayOf(request),
      agent: request.headers['user-agent'] ?? '',
      now: clock.now(),
      random,
    })
  } catch (error) {
    log.warn({ err: error, messageId: mail.messageId }, 'a visit could not be written down')
  }
}

function wayOf({ method, headers }: FastifyRequest): Visit['way'] {
  if (method === 'HEAD') return 'head'
  const ahead = AHEAD_HEADERS.some(({ name, value }) => value.test(String(headers[name] ?? '')))
  return ahead ? 'prefetch' : 'get'
}

function unknownLink(reply: FastifyReply): FastifyReply {
  return page(reply.code(404), {
    title: 'This link is damaged',
    text: 'It may have been cut short on its way, or what it belonged to was deleted. Open it again from the mail, or ask whoever wrote to you where it leads.',
  })
}
