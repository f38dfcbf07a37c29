/** How well the frozen notes are read: figures of each half, never a single note of the half that is held out. */
import { expect, test } from 'vitest'
import { absences, tallyAbsences } from '../support/absence-figures.ts'
import { figureLine, holds } from '../support/figures.ts'

const figures = (await absences.figures(undefined))!

test.each(figures.map((figure) => [figureLine(figure), figure] as const))('%s', (_, figure) => {
  expect(holds(figure)).toBe(true)
})

test('no wrong day is given as certain in any language of either half', async () => {
  for (const side of ['seen', 'held-out'] as const)
    for (const [language, tally] of (await tallyAbsences(side)).byLanguage)
      expect(tally.wrongAsCertain + tally.doubtfulAsCertain, `${side}, ${language}`).toBe(0)
})
