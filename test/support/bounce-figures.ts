/** How well the recorded bounces, complaints and automatic replies of the corpus are read. The corpus stays outside of the repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BounceReason } from '../../src/core/bounce-rules.ts'
import { classify, type InboundKind } from '../../src/core/inbound.ts'
import { parseMail } from '../../src/mail/parse.ts'
import type { Figure, Measure } from './figures.ts'

export interface Expected {
  class: 'hard' | 'soft' | 'blocked' | 'complaint' | 'auto_reply' | 'delivered'
  hard: boolean
  reason: string | null
  status: string | null
  reply_code: string | null
}

interface Found {
  class: string
  reason: BounceReason
  status: string | null
  replyCode: string | null
}

export interface Judged {
  file: string
  expected: Expected[]
  kind: InboundKind
  found: Found[]
}

/** One recipient of a recorded bounce, as it is labelled and as it was judged. */
export interface JudgedRecipient {
  file: string
  wanted: Expected
  found: Found | undefined
}

export async function judgeCorpus(corpusDir: string): Promise<Judged[]> {
  const root = join(corpusDir, 'bounces')
  const expected: Record<string, Expected[]> = JSON.parse(readFileSync(join(root, 'expected.json'), 'utf8'))
  const judged: Judged[] = []
  for (const file of readdirSync(join(root, 'messages')).sort()) {
    const mail = await parseMail(readFileSync(join(root, 'messages', file)))
    const reading = classify(mail, { now: Date.UTC(2027, 0, 1), mailboxAddresses: [], folderRole: 'inbox' })
    judged.push({
      file,
      expected: expected[file]!,
      kind: reading.kind,
      found: reading.bounce?.recipients ?? [],
    })
  }
  return judged
}

export function failedRecipients(judged: readonly Judged[]): JudgedRecipient[] {
  return judged
    .filter(({ expected }) => ['hard', 'soft', 'blocked'].includes(expected[0]!.class))
    .flatMap(({ file, expected, found }) =>
      expected.map((wanted, index) => ({ file, wanted, found: found[index] })),
    )
}

export const isAutomatic = (kind: InboundKind) => kind === 'auto_reply' || kind === 'out_of_office'

/** What the labels of the corpus call our reasons, where the name differs in more than its underscore. */
const LABELS: Partial<Record<BounceReason, readonly string[]>> = {
  accepts_no_mail: ['notaccept'],
  moved: ['hasmoved'],
  disabled: ['suspend'],
  too_big: ['mesgtoobig', 'exceedlimit'],
  network: ['networkerror'],
  system: ['systemerror'],
  mailer: ['mailererror'],
  syntax: ['syntaxerror'],
  authentication: ['authfailure'],
  reverse_dns: ['requireptr'],
  reputation: ['badreputation'],
  too_fast: ['speeding', 'toomanyconn', 'ratelimited'],
  spam: ['spamdetected'],
  virus: ['virusdetected'],
  content: ['contenterror'],
  not_compliant: ['notcompliantrfc'],
  policy: ['policyviolation'],
  relaying: ['norelaying'],
  sender_rejected: ['rejected'],
  security: ['securityerror'],
}

function sameReason({ wanted, found }: JudgedRecipient): boolean {
  if (!found) return false
  return (LABELS[found.reason] ?? [found.reason.replaceAll('_', '')]).includes(wanted.reason ?? '')
}

/** `5.0.9xx` are numbers of the collection's own, not of RFC 3463: servers never said them. */
const isOwnNumber = (status: string) => /^\d\.0\.9\d\d$/.test(status)

export function bounceFigures(judged: readonly Judged[]): Figure[] {
  const all = failedRecipients(judged)
  const hard = all.filter(({ wanted }) => wanted.hard)
  const others = all.filter(({ wanted }) => !wanted.hard)
  const replies = judged.filter(({ expected }) => expected[0]!.class === 'auto_reply')
  const stated = all.filter(({ wanted }) => wanted.status !== null && !isOwnNumber(wanted.status))
  const coded = all.filter(({ wanted }) => wanted.reply_code !== null)
  const share = (what: string, list: JudgedRecipient[], is: (one: JudgedRecipient) => boolean) => ({
    what,
    found: list.filter(is).length,
    of: list.length,
  })
  return [
    {
      ...share('called hard without being it', others, ({ found }) => found?.class === 'hard'),
      target: 'none',
    },
    {
      what: 'automatic replies called a bounce',
      found: replies.filter(({ kind }) => kind === 'bounce').length,
      of: replies.length,
      target: 'none',
    },
    { ...share('hard bounces found', hard, ({ found }) => found?.class === 'hard'), target: 0.97 },
    { ...share('class agrees', all, ({ wanted, found }) => wanted.class === found?.class), target: 0.97 },
    { ...share('reason agrees', all, sameReason), target: 0.9 },
    {
      ...share('status agrees', stated, ({ wanted, found }) => wanted.status === found?.status),
      target: 0.9,
    },
    {
      ...share('reply code agrees', coded, ({ wanted, found }) => wanted.reply_code === found?.replyCode),
      target: 0.9,
    },
  ]
}

export const bounces: Measure = {
  title: 'Recorded bounces (corpus/bounces, 272 messages)',
  async figures(corpusDir) {
    if (corpusDir === undefined || !existsSync(join(corpusDir, 'bounces'))) return null
    return bounceFigures(await judgeCorpus(corpusDir))
  },
}
