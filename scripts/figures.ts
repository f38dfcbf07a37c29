/**
 * `npm run figures`: every figure that is measured over whole collections of mails, zones and schedules, with its target. Reads the corpora of SEGUE_CORPUS_DIR;
 * ends with 1 when a target is missed. `--write` puts the answer into docs/figures.md.
 */
import { writeFileSync } from 'node:fs'
import { absences } from '../test/support/absence-figures.ts'
import { bounces } from '../test/support/bounce-figures.ts'
import { type Figure, figureLine, holds, type Measure } from '../test/support/figures.ts'
import { generatedReplies } from '../test/support/reply-figures.ts'
import { timing } from '../test/support/timing-figures.ts'

/** Each measure of the house, in the order in which it is printed. */
const MEASURES: readonly Measure[] = [timing, bounces, generatedReplies, absences]

const measured: { title: string; figures: Figure[] | null }[] = []
for (const measure of MEASURES)
  measured.push({
    title: measure.title,
    figures: await measure.figures(process.env['SEGUE_CORPUS_DIR']),
  })

const lines = measured.flatMap(({ title, figures }) => [
  `## ${title}`,
  '',
  ...(figures?.map((figure) => `- ${figureLine(figure)}`) ?? [
    '- not measured: its folder is not in SEGUE_CORPUS_DIR',
  ]),
  '',
])
console.log(lines.join('\n').trimEnd())
if (process.argv.includes('--write')) {
  const head = [
    '# Figures',
    '',
    'What `npm run figures` measured last, with the target of each. The collections are read from `SEGUE_CORPUS_DIR` or made from a seed.',
    '',
  ]
  writeFileSync('docs/figures.md', `${[...head, ...lines].join('\n').trimEnd()}\n`)
}
if (measured.some(({ figures }) => figures?.some((figure) => !holds(figure)))) process.exitCode = 1
