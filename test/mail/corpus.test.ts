import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { classify, type InboundKind } from '../../src/core/inbound.ts'
import { parseMail } from '../../src/mail/parse.ts'

const dir = process.env['SEGUE_CORPUS_DIR']

interface Expected {
  class: 'hard' | 'soft' | 'blocked' | 'complaint' | 'auto_reply' | 'delivered'
  hard: boolean
}
interface Judged {
  file: string
  expected: Expected[]
  kind: InboundKind
  classes: string[]
}

const AUTOMATIC: InboundKind[] = ['auto_reply', 'out_of_office']

describe.runIf(dir)('the recorded bounces, complaints and automatic replies', () => {
  let judged: Judged[]
  beforeAll(async () => {
    const root = join(dir!, 'bounces')
    const expected: Record<string, Expected[]> = JSON.parse(readFileSync(join(root, 'expected.json'), 'utf8'))
    judged = []
    for (const file of readdirSync(join(root, 'messages'))) {
      const mail = await parseMail(readFileSync(join(root, 'messages', file)))
      const reading = classify(mail, { now: Date.UTC(2027, 0, 1), mailboxAddresses: [], folderRole: 'inbox' })
      const classes = (reading.bounce?.recipients ?? []).map((one) => one.class)
      judged.push({ file, expected: expected[file]!, kind: reading.kind, classes })
    }
  })

  const isBounce = ({ expected }: Judged) => ['hard', 'soft', 'blocked'].includes(expected[0]!.class)
  const recipients = () =>
    judged
      .filter(isBounce)
      .flatMap(({ file, expected, classes }) =>
        expected.map((one, index) => ({ file, wanted: one.class, hard: one.hard, found: classes[index] })),
      )

  test('no hard bounce is found where there is none', () => {
    expect(recipients().filter(({ hard, found }) => !hard && found === 'hard')).toEqual([])
  })

  test('no automatic reply is called a bounce', () => {
    const replies = judged.filter(({ expected }) => expected[0]!.class === 'auto_reply')
    expect(replies.length).toBeGreaterThan(0)
    expect(replies.filter(({ kind }) => kind === 'bounce')).toEqual([])
    expect(replies.filter(({ kind }) => !AUTOMATIC.includes(kind))).toEqual([])
  })

  test('every complaint stops the person, but a DMARC failure report, which no reader wrote', () => {
    const complaints = judged.filter(({ expected }) => expected[0]!.class === 'complaint')
    expect(complaints.length).toBeGreaterThan(0)
    const others = complaints.filter(({ kind }) => kind !== 'complaint' && kind !== 'opt_out')
    expect(others.map(({ file, kind }) => [file, kind])).toEqual([['arf-18.eml', 'other']])
  })

  test('a delivery notice is no bounce', () => {
    const notices = judged.filter(({ expected }) => expected[0]!.class === 'delivered')
    expect(notices.map(({ kind }) => kind)).toEqual(['delivered'])
  })

  test('at least 95 of 100 hard bounces are found', () => {
    const hard = recipients().filter((one) => one.hard)
    expect(hard.filter(({ found }) => found === 'hard').length / hard.length).toBeGreaterThan(0.95)
  })

  test('the class agrees for at least 96 of 100 recipients', () => {
    const all = recipients()
    expect(all.filter(({ wanted, found }) => wanted === found).length / all.length).toBeGreaterThan(0.96)
  })
})
