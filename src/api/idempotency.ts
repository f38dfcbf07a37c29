/**
 * Calls with an `Idempotency-Key` are done once: for a day the same name answers with what was answered first. What broke off is not
 * done again, since nobody knows how far it came.
 */
import { type Instant, MINUTE } from '../core/clock.ts'
import { openSecret, sealSecret, sign } from '../seal.ts'
import {
  claimKey,
  type EarlierCall,
  keepAnswer,
  type NamedCall,
  noteBrokenOff,
} from '../store/idempotency-keys.ts'
import { ApiRefusal, refuse, shorten } from './errors.ts'
import { Answer, type ApiContext, type Caller } from './route.ts'

const KEY_MAX = 255
/** After this a call that has not answered is taken for one whose process died: longer than a file may take to come (`server.ts`). */
const UNDER_WAY_MS = 35 * MINUTE
/** A longer answer is not kept: whoever asks again is told so. */
const ANSWER_CHARACTERS_MAX = 8 * 1024 * 1024
const PURPOSE = 'idempotency'

/** What the caller named the call; undefined: nothing. Throws a 422 for what is no name. */
export function idempotencyKeyOf(headers: Readonly<Record<string, string | undefined>>): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (key.length > 0 && key.length <= KEY_MAX && /^[\x21-\x7e]+$/.test(key)) return key
  return refuse(
    422,
    `The header Idempotency-Key is "${shorten(key)}"; expected 1 to ${KEY_MAX} letters, digits and signs without blanks.`,
    { parameter: 'Idempotency-Key' },
  )
}

interface Asked {
  method: string
  path: string
  parameters: Record<string, unknown>
  /** Of a file what can be known before it is read: its length and type. */
  file: readonly (string | undefined)[]
}

/** The same however parameters are ordered and wherever the API key stands. Keyed, since there may be passwords in it. */
export function requestHashOf({ keys }: ApiContext, { method, path, parameters, file }: Asked): string {
  const { api_key: _, ...rest } = parameters
  return sign(keys, PURPOSE, JSON.stringify([method, path, sorted(rest), file]))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => [key, sorted(each)])
}

interface Once {
  caller: Caller
  key: string
  requestHash: string
}

/** What `run` answers, or answered the first time; refusals are answers, too. */
export async function once(
  context: ApiContext,
  { caller, key, requestHash }: Once,
  run: () => Promise<Answer>,
): Promise<Answer> {
  const { db, clock } = context
  const who = caller.keyId === null ? `user:${caller.userId}` : `key:${caller.keyId}`
  const call = { team: caller.teamId, caller: who, key }
  const now = clock.real()
  const earlier = await claimKey(db, { ...call, requestHash, now })
  if (earlier) return again(context, earlier, { key, requestHash, now })
  let answer: Answer
  try {
    answer = await run()
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status >= 500) {
      await noteBrokenOff(db, call).catch(() => undefined)
      throw error
    }
    answer = new Answer(error.body, error)
  }
  await keep(context, call, answer)
  return answer
}

/** The call is done, whatever becomes of this: without it, who asks again learns that it broke off. */
async function keep({ db, keys, log }: ApiContext, call: NamedCall, answer: Answer): Promise<void> {
  const text = JSON.stringify(answer)
  const kept = text.length <= ANSWER_CHARACTERS_MAX ? text : JSON.stringify(TOO_LONG)
  try {
    await keepAnswer(db, { ...call, answer: sealSecret(keys, PURPOSE, kept) })
  } catch (error) {
    log.error({ err: error }, 'the answer to a call with an Idempotency-Key was not kept')
  }
}

const TOO_LONG = new Answer(
  {
    error: 'This call was done; its answer is longer than what is kept. Look at what it changed.',
    code: 'answer_not_kept',
  },
  { status: 409 },
)

function again(
  { keys }: ApiContext,
  earlier: EarlierCall,
  { key, requestHash, now }: { key: string; requestHash: string; now: Instant },
): Answer {
  if (earlier.requestHash !== requestHash)
    refuse(
      422,
      `The Idempotency-Key "${key}" stood for another request less than a day ago. Give every request a key of its own.`,
      { parameter: 'Idempotency-Key', code: 'idempotency_key_reused' },
    )
  if (earlier.answer === null) return refuseUnanswered(key, earlier, now)
  const { body, status, headers } = JSON.parse(openSecret(keys, PURPOSE, earlier.answer)) as Answer
  return new Answer(body, { status, headers: { ...headers, 'idempotency-replayed': 'true' } })
}

function refuseUnanswered(key: string, { startedAt, brokeOff }: EarlierCall, now: Instant): never {
  if (!brokeOff && now - startedAt < UNDER_WAY_MS)
    throw new ApiRefusal(
      409,
      {
        error: `The first call with the Idempotency-Key "${key}" is under way. Ask again in a second.`,
        code: 'in_flight',
      },
      { 'retry-after': '1' },
    )
  return refuse(
    409,
    `The first call with the Idempotency-Key "${key}" broke off, and nobody knows how far it came. Look whether it was done; if not, call with another key.`,
    { code: 'broke_off' },
  )
}
