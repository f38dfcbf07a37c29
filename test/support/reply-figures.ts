/** How generated replies, requests to stop and automatic replies are told apart. */
import { classify, type InboundReading } from '../../src/core/inbound.ts'
import { parseMail } from '../../src/mail/parse.ts'
import { automaticReplies } from './automatic-mails.ts'
import type { Figure, Measure } from './figures.ts'
import { type GeneratedMail, optOuts, replies } from './reply-mails.ts'

export const SEED = 'the first thousand answers'
export const REPLIES = 1_200
export const OPT_OUTS = 400
export const AUTOMATIC = 240

export interface JudgedMail {
  mail: GeneratedMail
  reading: InboundReading
}

export async function judgeAll(mails: readonly GeneratedMail[]): Promise<JudgedMail[]> {
  const judged: JudgedMail[] = []
  for (const mail of mails) {
    const reading = classify(await parseMail(mail.raw), {
      now: Date.UTC(2027, 2, 2, 10),
      mailboxAddresses: ['ann@acme.test'],
      folderRole: 'inbox',
    })
    judged.push({ mail, reading })
  }
  return judged
}

/** What a person would call the same words: line breaks are the programs' own. */
export function sameWords(shown: string, written: string): boolean {
  const flat = (text: string) => text.replace(/\s+/g, ' ').trim()
  return flat(shown) === flat(written)
}

export interface JudgedReplies {
  written: JudgedMail[]
  stops: JudgedMail[]
  automatic: JudgedMail[]
}

export async function judgeGenerated(): Promise<JudgedReplies> {
  return {
    written: await judgeAll(replies(SEED, REPLIES)),
    stops: await judgeAll(optOuts(SEED, OPT_OUTS)),
    automatic: await judgeAll(automaticReplies(SEED, AUTOMATIC)),
  }
}

export function replyFigures({ written, stops, automatic }: JudgedReplies): Figure[] {
  const count = (what: string, list: JudgedMail[], is: (one: JudgedMail) => boolean) => ({
    what,
    found: list.filter(is).length,
    of: list.length,
  })
  const kind = (name: string) => (one: JudgedMail) => one.reading.kind === name
  return [
    { ...count('replies called a bounce', written, kind('bounce')), target: 'none' },
    { ...count('replies called an opt-out', written, kind('opt_out')), target: 'none' },
    { ...count('replies taken for replies', written, kind('reply')), target: 1 },
    {
      ...count('replies shown without their quote', written, ({ mail, reading }) =>
        sameWords(reading.ownWords, mail.words),
      ),
      target: 1,
    },
    { ...count('requests to stop found', stops, kind('opt_out')), target: 1 },
    { ...count('automatic replies called a bounce', automatic, kind('bounce')), target: 'none' },
    { ...count('automatic replies called an opt-out', automatic, kind('opt_out')), target: 'none' },
  ]
}

export const generatedReplies: Measure = {
  title: `Generated replies (${REPLIES} replies, ${OPT_OUTS} requests to stop, ${AUTOMATIC} automatic replies)`,
  figures: async () => replyFigures(await judgeGenerated()),
}
