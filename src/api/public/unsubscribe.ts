/**
 * The page behind an opt-out link: open to whoever holds the mail. GET only shows a button, since scanners fetch links; POST acts,
 * also as a mail program's one click (RFC 8058). Names no address in full and reveals nothing about a token that is not known.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../../core/db.ts'
import { isId } from '../../core/ids.ts'
import { findOptOut, optOut } from '../../store/opt-outs.ts'
import { type TeamRow, teamByPublicId } from '../../store/teams.ts'
import type { ApiContext } from '../route.ts'
import { escapeHtml, page } from './page.ts'

/** A form or a one-click post; more is no mail program. */
const BODY_BYTES_MAX = 64 * 1024

/** Anything else was cut or changed on its way. */
const TOKEN = /^[\w-]{8,200}$/

interface Asked {
  team: TeamRow
  address: string
  messageId: string
  optedOut: boolean
}

export function mountUnsubscribe(app: FastifyInstance, context: ApiContext): void {
  void app.register(async (scope) => {
    scope.get('/u/:team/:token', async (request, reply) => {
      const asked = await find(context.db, request)
      if (!asked) return unknownLink(reply)
      return asked.optedOut ? done(reply, asked) : question(reply, asked)
    })
    scope.post('/u/:team/:token', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
      const asked = await find(context.db, request)
      if (!asked) return unknownLink(reply)
      await optOut(context.db, {
        team: asked.team.id,
        address: asked.address,
        via: isOneClick(request) ? 'one_click' : 'page',
        messageId: asked.messageId,
        actor: 'contact',
        now: context.clock.now(),
        random: context.random,
      })
      return done(reply, asked)
    })
  })
}

/**
 * The token is found through its hash in an index. That is not a comparison in constant time, and need not be: how long it takes
 * says something about hashes, and nobody can steer a SHA-256 towards a stored one.
 */
async function find(db: Db, request: FastifyRequest): Promise<Asked | undefined> {
  const { team: publicId, token } = request.params as { team: string; token: string }
  if (!isId(publicId) || !TOKEN.test(token)) return undefined
  const team = await teamByPublicId(db, publicId)
  const target = team && (await findOptOut(db, { team: team.id, token }))
  if (!team || !target) return undefined
  return { team, address: target.address, messageId: target.messageId, optedOut: target.optedOut }
}

/** RFC 8058 section 3.1: the body is `List-Unsubscribe=One-Click`, as a form or as multipart. */
function isOneClick({ body }: FastifyRequest): boolean {
  return Buffer.isBuffer(body) && /List-Unsubscribe[\s\S]{0,20}One-Click/i.test(body.toString('latin1'))
}

function question(reply: FastifyReply, { team, address }: Asked): FastifyReply {
  return page(reply, {
    title: 'Stop these emails?',
    text: `${escapeHtml(team.name)} will not write to ${escapeHtml(masked(address))} again.`,
    button: 'Stop writing to me',
  })
}

function done(reply: FastifyReply, { team, address }: Asked): FastifyReply {
  return page(reply, {
    title: 'Done',
    text: `${escapeHtml(team.name)} will not write to ${escapeHtml(masked(address))} again. You can close this page.`,
  })
}

function unknownLink(reply: FastifyReply): FastifyReply {
  return page(reply.code(404), {
    title: 'This link is not known here',
    text: 'It may have been cut short on its way. Open it again from the mail, or answer the mail with the word "unsubscribe".',
  })
}

/** `m***@acme.com`: whoever got the forwarded mail recognizes it, a scanner's log does not keep it. */
function masked(address: string): string {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, 1)}***${address.slice(at)}`
}
