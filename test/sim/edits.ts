/** What people edit while mails go out: wordings, steps, schedules, limits, contacts and companies. Each is one request, as in `people.ts`. */
import { deleteContact } from '../../src/actions/delete-contact.ts'
import { updateContacts } from '../../src/actions/update-contacts.ts'
import { updateAccounts } from '../../src/actions/write-accounts.ts'
import { updateSchedule } from '../../src/actions/write-schedule.ts'
import { updateSequence } from '../../src/actions/write-sequence.ts'
import { MINUTE } from '../../src/core/clock.ts'
import type { Id } from '../../src/core/ids.ts'
import { isWorded } from '../../src/core/sequence.ts'
import { bumpMailboxes } from '../../src/store/lanes.ts'
import { treeOf } from '../../src/store/steps.ts'
import { type Request, who } from './people.ts'
import { between, pick, schedulesOf } from './team.ts'

export async function editWording(request: Request): Promise<void> {
  const { db, house, random } = request
  const act = who(request)
  const tree = await treeOf(db, { team: house.team, sequenceId: act.sequenceId })
  const template = pick(tree.templates, random)
  const bodyHtml = `<p>Hello {{first_name}}, edited ${random.hex(3)}.</p>`
  const steps = tree.steps
    .filter((step) => step.deletedAt === null)
    .map((step) => ({
      id: step.id,
      variants: tree.variants
        .filter((variant) => variant.stepId === step.id && variant.deletedAt === null)
        .map((variant, i) => ({
          id: variant.id,
          // The second of a test gets another weight, or is switched off.
          ...(i === 1 ? { weight: Math.floor(request.now / MINUTE) % 4 } : {}),
          approved:
            variant.templateId === template.id
              ? random.next() < 0.6
              : variant.approved || random.next() < 0.6,
          ...(variant.templateId === template.id ? { template: { id: template.id, bodyHtml } } : {}),
        })),
    }))
  await updateSequence(db, act, { id: act.sequenceId, draft: { steps } })
}

/** Whatever waits for an approval gets it. */
export async function approveWordings(request: Request): Promise<void> {
  const { db, house } = request
  for (const sequenceId of house.sequenceIds) {
    const tree = await treeOf(db, { team: house.team, sequenceId })
    const waits = (stepId: Id) =>
      tree.variants.filter((one) => one.stepId === stepId && one.deletedAt === null && !one.approved)
    const live = tree.steps.filter((step) => step.deletedAt === null)
    if (live.every((step) => waits(step.id).length === 0)) continue
    const variantsOf = (stepId: Id) =>
      tree.variants
        .filter((one) => one.stepId === stepId && one.deletedAt === null)
        .map(({ id }) => ({ id, approved: true }))
    const steps = live.map(({ id, kind }) => (isWorded(kind) ? { id, variants: variantsOf(id) } : { id }))
    await updateSequence(db, who(request), { id: sequenceId, draft: { steps } })
  }
}

export async function editSteps(request: Request): Promise<void> {
  const { db, house, random } = request
  const act = who(request)
  const { steps } = await treeOf(db, { team: house.team, sequenceId: act.sequenceId })
  const live = steps
    .filter((step) => step.deletedAt === null)
    .map(({ id }) => ({ id }) as Record<string, unknown>)
  const place = between(0, live.length - 1, random)
  const lot = random.next()
  // Without its first, a sequence begins with an answer to nothing: some seeds do that once (deleteFirstStep).
  if (lot < 0.35 && live.length > 2 && place > 0) live.splice(place, 1)
  else if (lot < 0.6) live[place] = { ...live[place], waitAmount: between(1, 3, random), waitUnit: 'day' }
  else if (lot < 0.8) live[place] = { ...live[place], priority: pick(['high', 'low', null], random) }
  else live[place] = { ...live[place], dailyCap: random.next() < 0.5 ? null : between(3, 12, random) }
  await updateSequence(db, act, { id: act.sequenceId, draft: { steps: live } })
}

/** Of a sequence whose second email answers the first: whoever comes afterwards has no email that it could answer. */
export async function deleteFirstStep(request: Request): Promise<void> {
  const { db, house } = request
  for (const sequenceId of house.sequenceIds) {
    const { steps, variants } = await treeOf(db, { team: house.team, sequenceId })
    const live = steps.filter((step) => step.deletedAt === null)
    const answers = variants.some(
      (one) => one.stepId === live[1]?.id && one.deletedAt === null && one.thread === 'reply_to_thread',
    )
    if (!answers) continue
    const draft = { steps: live.slice(1).map(({ id }) => ({ id })) }
    await updateSequence(db, who(request), { id: sequenceId, draft })
    return
  }
}

export async function editSchedule(request: Request): Promise<void> {
  const { db, house, random, zone, start } = request
  const place = between(0, house.scheduleIds.length - 1, random)
  const usual = schedulesOf(zone, start)[place]!
  const windows = usual.windows!.map((window) => ({
    ...window,
    opensAtMinute: window.opensAtMinute + between(0, 2, random) * 15,
  }))
  const draft = {
    windows,
    useContactZone: random.next() < 0.7 ? usual.useContactZone! : !usual.useContactZone,
  }
  await updateSchedule(db, who(request), { id: house.scheduleIds[place]!, draft })
}

export async function editLimits(request: Request): Promise<void> {
  const { db, house, random, now } = request
  const mailbox = pick(house.mailboxes, random)
  const [daily, hourly] = [between(8, 45, random), between(3, 14, random)]
  await db.transaction(async (tx) => {
    await request.promises.limitsChange(tx, {
      mailboxId: mailbox.mailboxId,
      daily,
      hourly,
      gapMs: pick([0, 60_000, 240_000], random),
    })
    await bumpMailboxes(tx, { team: house.team, mailboxIds: [mailbox.mailboxId], at: now })
  })
}

export async function editContact(request: Request): Promise<void> {
  const { db, house, random } = request
  const id = pick(house.contactIds, random)
  const lot = random.next()
  const fields =
    lot < 0.3
      ? { timeZone: pick(['Asia/Tokyo', 'Europe/Paris', 'America/Denver'], random) }
      : lot < 0.55
        ? { stageId: random.next() < 0.5 ? house.stages.excluded : house.stages.other }
        : lot < 0.8
          ? { title: 'Director', email: `new${random.hex(3)}@company1.example` }
          : { title: null, firstName: 'Changed' }
  await updateContacts(db, { ...who(request), source: 'api' }, [{ id, fields }])
}

export async function deleteSomebody(request: Request): Promise<void> {
  const { db, house, random, promises } = request
  const id = pick(house.contactIds, random)
  const deleted = await deleteContact(db, { ...who(request), contactId: id })
  if (!deleted.ok) return
  const { failed, transmitting } = deleted.value
  const named = transmitting.map((one) => one.messageId)
  await promises.stopped({ enrollmentIds: failed, named, until: null })
}

export async function editAccount(request: Request): Promise<void> {
  const { db, house, random } = request
  const { stages } = house
  const stageId = random.next() < 0.4 ? stages.excludedAccount : stages.otherAccount
  const fields = random.next() < 0.7 ? { stageId } : { name: `North ${random.hex(2)}` }
  await updateAccounts(db, { ...who(request), source: 'api' }, [
    { id: pick(house.accountIds, random), fields },
  ])
}
