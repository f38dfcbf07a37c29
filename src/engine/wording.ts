/** Renders what is due, outside of any lock, and turns it into the message that a claim writes. */

import { domainOf } from '../core/address.ts'
import type { Instant } from '../core/clock.ts'
import type { Facts } from '../core/facts.ts'
import { newMessageId } from '../core/message.ts'
import type { Random } from '../core/random.ts'
import type { Log } from '../log.ts'
import { renderWording } from '../render.ts'
import { bodyHash, saltedHash } from '../seal.ts'
import type { NewMessage } from '../store/claimed-messages.ts'
import { keysIn } from '../store/due-caps.ts'
import type { DueEnrollment, Worded } from '../store/due-enrollments.ts'
import { optOutHash } from '../store/opt-outs.ts'

/** 128 bits: nobody guesses another's opt-out link. */
const TOKEN_BYTES = 16
const SALT_BYTES = 16

export interface Prepared {
  missing: readonly string[]
  content: NewMessage['content']
}

export interface Rendering {
  /** With https; null offers opting out by mail only. */
  publicUrl: string | null
  now: Instant
  random: Random
}

/** Null when there is nothing to render (no wording, no address); throws for a template that cannot be read: it was checked when saved. */
export function prepare({ wording }: Worded, rendering: Rendering): Prepared | null {
  if (wording === null) return null
  const optOutToken = rendering.random.hex(TOKEN_BYTES)
  const { now, publicUrl } = rendering
  const rendered = renderWording(wording, { now, publicUrl, optOutToken })
  if (rendered.kind === 'problem')
    throw new Error(`the wording of variant ${wording.variantId} cannot be read: ${rendered.sentence}`)
  const { subject, html, text, missing } = rendered
  const salt = rendering.random.hex(SALT_BYTES)
  return {
    missing,
    content: { salt, subject, html, text, optOutToken, attachments: wording.attachments },
  }
}

/** What will probably be written down, rendered before any lock is taken; what cannot be rendered is held, since looking again would find the same. */
export interface AllPrepared {
  /** By `nameOf`: what was rendered from rows that have changed since is not found. */
  prepared: ReadonlyMap<string, Prepared>
  faults: ReadonlyMap<string, string>
}

/** An enrollment, and the rows that its wording is made from. */
export const nameOf = ({ facts, wordingKey }: Worded) => `${facts.enrollment.id} ${wordingKey}`

/** Which wording of an A/B test somebody gets is known under the locks only: all are rendered. */
const eachWording = (due: DueEnrollment): readonly Worded[] => (due.choices.length > 0 ? due.choices : [due])

export function prepareAll(
  due: readonly DueEnrollment[],
  { log, ...rendering }: Rendering & { log: Log },
): AllPrepared {
  const prepared = new Map<string, Prepared>()
  const faults = new Map<string, string>()
  for (const one of due.flatMap(eachWording)) {
    try {
      const made = prepare(one, rendering)
      if (made) prepared.set(nameOf(one), made)
    } catch (error) {
      faults.set(nameOf(one), wordsOf(error))
      log.error(
        { bug: 'wording', enrollmentId: one.facts.enrollment.id, err: error },
        'a wording cannot be rendered',
      )
    }
  }
  return { prepared, faults }
}

export const wordsOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).slice(0, 200)

/** The email of a step that a person sends off, as its wording is now. */
export function draftOf(due: DueEnrollment, o: { prepared: Prepared; random: Random }): NewMessage {
  const message = messageOf(due, { ...o, facts: null, fence: 0, windowClosesAt: null })
  return { ...message, capped: [] }
}

export function messageOf(
  due: DueEnrollment,
  o: {
    prepared: Prepared
    facts: Facts | null
    fence: number
    windowClosesAt: Instant | null
    random: Random
  },
): NewMessage {
  const wording = due.wording!
  const { content } = o.prepared
  return {
    id: due.facts.enrollment.messageId,
    enrollmentId: due.facts.enrollment.id,
    sequenceId: due.sequenceId,
    stepId: due.stepId,
    variantId: wording.variantId,
    dealRound: due.dealRound,
    deal: due.deal,
    leaves: due.leaves,
    contactId: due.contactId,
    mailboxId: due.mailboxId,
    fence: o.fence,
    rfcId: newMessageId(o.random, domainOf(wording.from.address)),
    parentId: wording.parentId,
    inReplyTo: wording.inReplyTo,
    references: wording.references,
    from: wording.from,
    replyTo: wording.replyTo,
    to: wording.to,
    cc: wording.cc,
    bcc: wording.bcc,
    addressHash: saltedHash(content.salt, wording.to.address),
    bodyHash: bodyHash(content),
    optOutHash: optOutHash(content.optOutToken),
    windowClosesAt: o.windowClosesAt,
    capped: keysIn(due.capKeys),
    facts: o.facts,
    content,
  }
}
