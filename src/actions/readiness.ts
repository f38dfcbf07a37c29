/** Gathers what a sequence is judged by before it is turned on. The judging is `core/sequence.ts`. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { type Readiness, readinessOf, type Step } from '../core/sequence.ts'
import { UNFILLED, VARIABLES } from '../core/template-values.ts'
import { isHttps, trackingProblem, trackingWarnings } from '../core/tracking.ts'
import { customFieldsOf } from '../store/custom-fields.ts'
import { aRealMailbox, mailboxesOf } from '../store/mailboxes.ts'
import { scheduleById, scheduleOf } from '../store/schedules.ts'
import type { SequenceRow } from '../store/sequences.ts'
import { snippetTexts } from '../store/snippets.ts'
import { type Tree, treeOf } from '../store/steps.ts'
import { teamById } from '../store/teams.ts'

export async function readiness(
  db: Db,
  o: { team: TeamId; sequence: SequenceRow; publicUrl: string | null; now: Instant },
): Promise<Readiness> {
  const { team, sequence, publicUrl, now } = o
  const [tree, schedule, mailboxes, real, sender, fields, snippets] = await Promise.all([
    treeOf(db, { team, sequenceId: sequence.id }),
    sequence.schedule ? scheduleById(db, { team, id: sequence.schedule.id }) : undefined,
    mailboxesOf(db, team),
    aRealMailbox(db, team),
    teamById(db, team),
    customFieldsOf(db, { team }),
    snippetTexts(db, team),
  ])
  const keys = fields.map((field) => field.key)
  const judged = readinessOf({
    steps: stepsToJudge(tree),
    schedule: schedule ? scheduleOf(schedule, now) : null,
    connectedMailboxes: mailboxes.filter((one) => one.state === 'connected').length,
    sender: real !== null ? { legalName: sender.legalName, postalAddress: sender.postalAddress } : null,
    knownVariables: [...VARIABLES, ...keys],
    unfilledVariables: UNFILLED.filter((name) => !keys.includes(name)),
    snippets,
  })
  const warnings = trackingWarnings({
    tracked: { opens: sequence.trackOpens, clicks: sequence.trackClicks },
    finishOnClick: sequence.finishOnClick,
    taskOnOpens: sequence.taskOnOpens,
    cannot: real === null || isHttps(publicUrl) ? null : trackingProblem(publicUrl, real),
  })
  return { ...judged, warnings: [...judged.warnings, ...warnings] }
}

function stepsToJudge({ steps, variants, templates }: Tree): Step[] {
  return steps.map((step) => ({
    id: step.id,
    position: step.position,
    kind: step.kind,
    wait: { amount: step.waitAmount, unit: step.waitUnit, businessDays: step.businessDays },
    exactAt: step.exactAt,
    variants: variants
      .filter((variant) => variant.stepId === step.id && variant.weight > 0)
      .map((variant) => {
        const template = templates.find((one) => one.id === variant.templateId)
        return {
          id: variant.id,
          approved: variant.approved,
          thread: variant.thread,
          subject: template?.subject ?? null,
          bodyHtml: template?.bodyHtml ?? null,
        }
      }),
  }))
}
