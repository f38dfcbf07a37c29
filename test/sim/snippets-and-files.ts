/** Texts and files that wordings take in by reference: what they are at first, and how people change them while emails go out. */
import { Readable } from 'node:stream'
import { removeAttachment, uploadAttachment } from '../../src/actions/write-attachment.ts'
import { updateSequence } from '../../src/actions/write-sequence.ts'
import { createSnippet, updateSnippet } from '../../src/actions/write-snippet.ts'
import type { Instant } from '../../src/core/clock.ts'
import type { Db } from '../../src/core/db.ts'
import type { Id, TeamId } from '../../src/core/ids.ts'
import type { Random } from '../../src/core/random.ts'
import { snippetsOf } from '../../src/store/snippets.ts'
import { treeOf } from '../../src/store/steps.ts'
import { type Request, who } from './people.ts'
import { expectDone, pick } from './team.ts'

/** As wordings name it. */
export const SNIPPET = 'ps'

interface Writing {
  team: TeamId
  userId: Id
  now: Instant
  random: Random
}

const postscript = (random: Random) => `<p>PS: {{first_name}}, offer ${random.hex(3)}.</p>`

export async function writeSnippet(db: Db, writing: Writing): Promise<void> {
  const act = { ...writing, actor: `user:${writing.userId}` }
  expectDone(await createSnippet(db, act, { name: SNIPPET, bodyHtml: postscript(writing.random) }))
}

export async function uploadFile(db: Db, { random, ...writing }: Writing): Promise<Id> {
  const content = Readable.from([Buffer.from(`%PDF-1.7 ${random.hex(20)}`)])
  return expectDone(await uploadAttachment(db, { ...writing, random, fileName: 'offer.pdf', content }))
}

export async function editSnippet(request: Request): Promise<void> {
  const { db, house, random } = request
  const [snippet] = await snippetsOf(db, house.team)
  await updateSnippet(db, who(request), { id: snippet!.id, changes: { bodyHtml: postscript(random) } })
}

/** One wording gets another file, and the file that it had is deleted where nothing carries it any more. */
export async function swapFile(request: Request): Promise<void> {
  const { db, house, random, now } = request
  const act = who(request)
  const { steps, variants } = await treeOf(db, { team: house.team, sequenceId: act.sequenceId })
  const live = steps.filter((step) => step.deletedAt === null)
  const carrying = variants.filter(
    (one) =>
      one.deletedAt === null && one.attachmentIds.length > 0 && live.some(({ id }) => id === one.stepId),
  )
  if (carrying.length === 0) return
  const chosen = pick(carrying, random)
  const file = await uploadFile(db, { team: house.team, userId: house.userId, now, random })
  const ofStep = variants.filter((one) => one.deletedAt === null && one.stepId === chosen.stepId)
  const rewritten = ofStep.map(({ id }) => (id === chosen.id ? { id, attachmentIds: [file] } : { id }))
  const draft = {
    steps: live.map(({ id }) => (id === chosen.stepId ? { id, variants: rewritten } : { id })),
  }
  await updateSequence(db, act, { id: act.sequenceId, draft })
  for (const old of chosen.attachmentIds) await removeAttachment(db, { team: house.team, id: old })
}
