/**
 * A sequence as it is written: its steps, their wordings, and what keeps it from being used. Judges texts and shapes only; who may be
 * enrolled is `guard.ts`, what happens to the enrolled is `decide.ts`.
 */
import type { Instant } from './clock.ts'
import { type Wait, waitProblem } from './due.ts'
import type { Id } from './ids.ts'
import type { Schedule } from './schedule.ts'
import { scheduleProblem } from './schedule-problem.ts'
import { parseSubject, parseTemplate, type Snippets, unknownVariables } from './template.ts'

export const STEP_KINDS = [
  'auto_email',
  'manual_email',
  'call',
  'action_item',
  'linkedin_step_connect',
  'linkedin_step_message',
  'linkedin_step_view_profile',
  'linkedin_step_interact_post',
] as const
export type StepKind = (typeof STEP_KINDS)[number]
export type Thread = 'new_thread' | 'reply_to_thread'
export type Priority = 'high' | 'medium' | 'low'

/** Steps that carry a wording from birth. */
const WORDED: readonly StepKind[] = [
  'auto_email',
  'manual_email',
  'linkedin_step_connect',
  'linkedin_step_message',
]
export const isWorded = (kind: StepKind) => WORDED.includes(kind)
/** Of what a step can be, all but this is a task for a person. */
export const isSentByItself = (kind: string) => kind === 'auto_email'
export const isEmail = (kind: string) => kind === 'auto_email' || kind === 'manual_email'

/** What an email lacks before it may be written to somebody; null: nothing. A draft is approved by whoever sends it off, and only needs words to begin with. */
export function wordingGap(kind: string, variant: { approved: boolean } | null): string | null {
  if (!isEmail(kind)) return null
  if (variant === null) return 'no wording'
  return variant.approved || kind === 'manual_email' ? null : 'to be reviewed'
}

/** More steps or wordings than this are a program's mistake, not a sequence that a person follows. */
export const STEPS_MAX = 100
export const VARIANTS_MAX = 20

export interface Wording {
  subject: string | null
  bodyHtml: string | null
}

export interface Variant extends Wording {
  id: Id
  approved: boolean
  thread: Thread
}

export interface Step {
  id: Id
  position: number
  kind: StepKind
  wait: Wait
  exactAt: Instant | null
  variants: readonly Variant[]
}

/** Where a wording cannot be read, in words that name the step, the part, the place and the tag. */
export interface WordingProblem {
  sentence: string
  part: 'subject' | 'body'
  line: number
  column: number
}

/** The first mistake in a wording's template language; `where` leads the sentence, such as "Step 2". */
export function wordingProblem(wording: Wording, where: string): WordingProblem | undefined {
  for (const part of ['subject', 'body'] as const) {
    const text = part === 'subject' ? wording.subject : wording.bodyHtml
    if (text === null) continue
    const parsed = part === 'subject' ? parseSubject(text) : parseTemplate(text)
    if (parsed.kind === 'problem')
      return {
        sentence: `${where}, ${part}: ${parsed.sentence}`,
        part,
        line: parsed.line,
        column: parsed.column,
      }
  }
  return undefined
}

/** Tags alone are no content: the mail would arrive empty. An image is content. */
export function hasContent(html: string | null): boolean {
  if (html === null) return false
  if (/<img\b/i.test(html)) return true
  return html.replace(/<[^>]*>/g, '').replace(/&nbsp;|\s/g, '') !== ''
}

export interface Readiness {
  ready: boolean
  problems: Problem[]
  warnings: string[]
}

export interface Problem {
  code: string
  sentence: string
  stepId: Id | null
}

/** With these a sequence is not turned on (`actions/activate-sequence.ts`); with the others it is, and sends what it can. */
const REFUSED_FOR = ['no_steps', 'legal_name_missing', 'postal_address_missing']
export const isRefusedFor = ({ code }: Problem) => REFUSED_FOR.includes(code)

export interface SequenceToJudge {
  steps: readonly Step[]
  schedule: Schedule | null
  /** Mailboxes that are connected, sandbox included. */
  connectedMailboxes: number
  /** Null while the team sends to the sandbox alone. */
  sender: { legalName: string | null; postalAddress: string | null } | null
  knownVariables: readonly string[]
  /** Those of them for which nobody can have a value. */
  unfilledVariables: readonly string[]
  /** All of the team. */
  snippets: Snippets
}

/** What is missing before the sequence can do its work, in the order in which a person would mend it. */
export function readinessOf(sequence: SequenceToJudge): Readiness {
  const problems: Problem[] = []
  const warnings: string[] = []
  const add = (code: string, sentence: string, stepId: Id | null = null) =>
    problems.push({ code, sentence, stepId })
  if (sequence.steps.length === 0) add('no_steps', 'The sequence has no steps. Add the first email.')
  judgeSchedule(sequence.schedule, add)
  for (const step of sequence.steps) judgeStep(step, sequence, { add, warnings })
  if (sequence.connectedMailboxes === 0)
    add('no_mailbox', 'No mailbox is connected. Connect one under Mailboxes, or use the sandbox.')
  for (const problem of senderProblems(sequence.sender)) problems.push(problem)
  return { ready: problems.length === 0, problems, warnings }
}

type Add = (code: string, sentence: string, stepId?: Id | null) => void

function judgeSchedule(schedule: Schedule | null, add: Add): void {
  if (schedule === null) {
    add('no_schedule', 'The sequence has no schedule. Choose one.')
    return
  }
  const problem = scheduleProblem(schedule)
  if (problem !== undefined) add('schedule_never_opens', problem)
}

/** Law asks who writes (CAN-SPAM 16 CFR 316, and the Impressum of several countries); asked before the first real mail. */
export function senderProblems(sender: SequenceToJudge['sender']): Problem[] {
  const problems: Problem[] = []
  if (sender === null) return problems
  const missing = (text: string | null) => text === null || text.trim() === ''
  if (missing(sender.legalName))
    problems.push({
      code: 'legal_name_missing',
      sentence:
        'The legal name of the team is missing. Enter it under Settings (PATCH /api/v1/team legal_name): law asks who writes.',
      stepId: null,
    })
  if (missing(sender.postalAddress))
    problems.push({
      code: 'postal_address_missing',
      sentence:
        'The postal address of the team is missing. Enter it under Settings (PATCH /api/v1/team postal_address): law asks for one in every mail.',
      stepId: null,
    })
  return problems
}

function judgeStep(
  step: Step,
  sequence: SequenceToJudge,
  { add, warnings }: { add: Add; warnings: string[] },
): void {
  const where = `Step ${step.position}`
  const wait = waitProblem(step.wait)
  if (wait !== undefined) add('wait_unusable', `${where}: ${wait}`, step.id)
  if (!isEmail(step.kind)) {
    judgeTask(step, { add, warnings, sequence })
    return
  }
  if (step.variants.length === 0) {
    add('no_wording', `${where} has no wording. Write its subject and text.`, step.id)
    return
  }
  const firstEmail = sequence.steps.find((one) => isEmail(one.kind))?.id === step.id
  for (const variant of step.variants) {
    const problem = variantProblem(variant, where, firstEmail)
    if (problem) add(problem.code, problem.sentence, step.id)
    else warnAbout(variant, { where, sequence, warnings })
  }
  if (step.variants.every((variant) => wordingGap(step.kind, variant) !== null))
    add('not_approved', `${where} is not approved yet: it would not be sent. Approve its wording.`, step.id)
}

/** A call or a to-do needs no words; where a message for LinkedIn stands, it must be readable. */
function judgeTask(
  step: Step,
  { add, warnings, sequence }: { add: Add; warnings: string[]; sequence: SequenceToJudge },
): void {
  const where = `Step ${step.position}`
  for (const variant of step.variants) {
    const broken = wordingProblem(variant, where)
    if (broken) add('template_broken', broken.sentence, step.id)
    else warnAbout(variant, { where, sequence, warnings })
  }
}

function variantProblem(
  variant: Variant,
  where: string,
  firstEmail: boolean,
): { code: string; sentence: string } | undefined {
  const broken = wordingProblem(variant, where)
  if (broken) return { code: 'template_broken', sentence: broken.sentence }
  if (!hasContent(variant.bodyHtml))
    return { code: 'template_empty', sentence: `${where} has no text. Write what it says.` }
  const subject = variant.subject?.trim() ?? ''
  if (variant.thread === 'new_thread' && subject === '')
    return { code: 'subject_empty', sentence: `${where} begins a thread and has no subject. Write one.` }
  if (variant.thread === 'reply_to_thread' && firstEmail)
    return {
      code: 'thread_without_parent',
      sentence: `${where} answers in the thread of an earlier email, but it is the first. Let it begin a new thread.`,
    }
  return undefined
}

function warnAbout(
  variant: Variant,
  { where, sequence, warnings }: { where: string; sequence: SequenceToJudge; warnings: string[] },
): void {
  for (const text of [variant.subject, variant.bodyHtml, ...insertedInto(variant, sequence.snippets)]) {
    const parsed = parseTemplate(text ?? '')
    if (parsed.kind === 'problem') continue
    for (const name of parsed.snippets.filter((one) => !sequence.snippets.has(one)))
      warnings.push(
        `${where} uses {{snippet:${name}}}, which is not there; everybody is held. Write it under Settings, Snippets and files, or take it out.`,
      )
    for (const name of unknownVariables(parsed, sequence.knownVariables))
      warnings.push(
        `${where} uses {{${name}}}, which is neither a variable nor a custom field; whoever has no value for it is held.`,
      )
    for (const name of parsed.variables.filter((one) => sequence.unfilledVariables.includes(one)))
      warnings.push(
        `${where} uses {{${name}}}, which nobody has a value for: without a default everybody is held. Import it as a custom field named ${name}, or take it out.`,
      )
  }
}

function insertedInto({ bodyHtml }: Variant, snippets: Snippets): string[] {
  const parsed = parseTemplate(bodyHtml ?? '')
  return parsed.kind === 'problem' ? [] : parsed.snippets.flatMap((name) => snippets.get(name) ?? [])
}
