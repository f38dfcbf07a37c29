/** The recorded bounces, complaints and automatic replies of the corpus, against their labels. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  bounceFigures,
  failedRecipients,
  isAutomatic,
  type Judged,
  judgeCorpus,
} from '../support/bounce-figures.ts'
import { type Figure, figureLine, holds } from '../support/figures.ts'

const dir = process.env['SEGUE_CORPUS_DIR']

describe.runIf(dir)('the recorded bounces, complaints and automatic replies', () => {
  let judged: Judged[]
  let figures: Figure[]
  beforeAll(async () => {
    judged = await judgeCorpus(dir!)
    figures = bounceFigures(judged)
  })

  test('no hard bounce is found where there is none', () => {
    const wrong = failedRecipients(judged).filter(
      ({ wanted, found }) => !wanted.hard && found?.class === 'hard',
    )
    expect(wrong).toEqual([])
  })

  test('no automatic reply is called a bounce', () => {
    const replies = judged.filter(({ expected }) => expected[0]!.class === 'auto_reply')
    expect(replies.length).toBeGreaterThan(0)
    expect(replies.filter(({ kind }) => !isAutomatic(kind))).toEqual([])
  })

  test('every complaint stops the person, but a DMARC failure report, which no reader wrote', () => {
    const complaints = judged.filter(({ expected }) => expected[0]!.class === 'complaint')
    expect(complaints.length).toBeGreaterThan(0)
    const others = complaints.filter(({ kind }) => kind !== 'complaint' && kind !== 'opt_out')
    expect(others.map(({ file, kind }) => [file, kind])).toEqual([['arf-18.eml', 'auto_reply']])
  })

  test('a delivery notice is no bounce', () => {
    const notices = judged.filter(({ expected }) => expected[0]!.class === 'delivered')
    expect(notices.map(({ kind }) => kind)).toEqual(['delivered'])
  })

  test('97 of 100 hard bounces are found; class, reason, status and reply code agree', () => {
    console.info(figures.map(figureLine).join('\n'))
    expect(figures.length).toBeGreaterThan(5)
    expect(figures.filter((figure) => !holds(figure)).map(figureLine)).toEqual([])
  })
})
