/**
 * More than a thousand replies in seventeen languages and the dress of six mail programs, requests to stop, and automatic replies, all made
 * from a seed: none is taken for what it is not.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { figureLine, holds } from '../support/figures.ts'
import {
  type JudgedMail,
  type JudgedReplies,
  judgeGenerated,
  replyFigures,
  sameWords,
} from '../support/reply-figures.ts'
import { optOuts, replies } from '../support/reply-mails.ts'
import { TONGUES } from '../support/reply-words.ts'

/** What a failure shows: how it was judged, and of which mail. */
const shown = (list: JudgedMail[]) =>
  list.slice(0, 5).map(({ mail, reading }) => [reading.kind, reading.evidence, mail.about])

describe('generated replies', () => {
  let judged: JudgedReplies
  beforeAll(async () => {
    judged = await judgeGenerated()
  }, 60_000)

  test('at least a thousand replies, and two hundred automatic ones', () => {
    expect(judged.written.length).toBeGreaterThanOrEqual(1_000)
    expect(judged.automatic.length).toBeGreaterThanOrEqual(200)
    expect(new Set(judged.written.map(({ mail }) => mail.raw.toString('base64'))).size).toBe(
      judged.written.length,
    )
  })

  test('every reply is a reply: none is called a bounce, an opt-out or automatic, also if it quotes a bounce or our own footer', () => {
    expect(shown(judged.written.filter(({ reading }) => reading.kind !== 'reply'))).toEqual([])
  })

  test('quoted replies are stripped for display: what is left is what the person wrote', () => {
    const wrong = judged.written.filter(({ mail, reading }) => !sameWords(reading.ownWords, mail.words))
    expect(wrong.slice(0, 5).map(({ mail, reading }) => [reading.ownWords, mail.about])).toEqual([])
  })

  test('whoever asks in words not to be written to again is found, in every language', () => {
    expect(shown(judged.stops.filter(({ reading }) => reading.kind !== 'opt_out'))).toEqual([])
    const languages = new Set(judged.stops.map(({ mail }) => mail.about.split(',')[0]))
    expect([...languages].sort()).toEqual(Object.keys(TONGUES).sort())
  })

  test('no automatic reply is called a bounce, an opt-out or an absence', () => {
    const wrong = judged.automatic.filter(
      ({ reading }) => !['auto_reply', 'reply', 'other'].includes(reading.kind),
    )
    expect(shown(wrong)).toEqual([])
  })

  test('tickets, receipts and orders are automatic; the answers of calendars are a person who pressed a button', () => {
    const byPerson = judged.automatic.filter(({ reading }) => reading.kind !== 'auto_reply')
    expect(byPerson.length).toBeGreaterThan(0)
    expect(byPerson.every(({ mail }) => mail.about.startsWith('an answer of a calendar'))).toBe(true)
  })

  test('the figures are reached', () => {
    const figures = replyFigures(judged)
    console.info(figures.map(figureLine).join('\n'))
    expect(figures.filter((figure) => !holds(figure)).map(figureLine)).toEqual([])
  })
})

test('the same seed makes the same mails', () => {
  expect(replies('x', 20)).toEqual(replies('x', 20))
  expect(optOuts('x', 20)).not.toEqual(optOuts('y', 20))
})
