/** The wordings of one step: their words in a line, and of an A/B test their weights, results with intervals, and what they show. */
import { Button, NumberInput, Switch } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Estimate, Step, Variant } from '../lib/sequence-types.ts'
import { number } from '../lib/words.ts'
import { StateBadge } from '../ui/state-badge.tsx'
import { Tip } from '../ui/tip.tsx'
import { type DraftStep, type DraftVariant, letter, withVariant } from './draft.ts'
import classes from './steps.module.css'
import { textOf } from './text-of.ts'

interface WordingsProps {
  step: DraftStep
  results: Variant[]
  test: NonNullable<Step['ab_test']> | null
  threadSubject: string | undefined
  open: string | undefined
  onOpen: (variantKey: string) => void
  onChange: (step: DraftStep) => void
}

export function Wordings(props: WordingsProps) {
  const { step, results, open, onOpen, threadSubject, test } = props
  const tested = step.variants.length > 1
  if (step.variants.length === 0) return null
  return (
    <div>
      {step.variants.map((variant, index) => (
        <div key={variant.key} className={classes.wording} data-open={variant.key === open || undefined}>
          <button
            type="button"
            className={classes.summary}
            onClick={() => onOpen(variant.key)}
            data-testid="open-wording"
          >
            {tested ? <span className={classes.letter}>{letter(index)}</span> : null}
            <span className={classes.subject}>{subjectOf(variant, threadSubject)}</span>
            <span className={classes.excerpt}>
              {textOf(variant.html) || 'No words yet. Open to write them.'}
            </span>
          </button>
          {variant.approved || step.kind === 'manual_email' ? null : (
            <StateBadge state="held" word="To be reviewed" />
          )}
          <Results variant={results.find((each) => each.id === variant.key)} tested={tested} />
          {tested ? <Share {...props} variant={variant} name={letter(index)} /> : null}
        </div>
      ))}
      {tested && test ? (
        <p className={classes.verdict} data-testid="ab-verdict">
          {test.sentence}
        </p>
      ) : null}
    </div>
  )
}

const subjectOf = (variant: DraftVariant, threadSubject: string | undefined): ReactNode =>
  variant.thread === 'reply_to_thread' ? `Re: ${threadSubject ?? ''}` : variant.subject || 'No subject'

const WEIGHT_MAX = 1_000

/** How much of the emails it gets: a weight, and whether it is dealt at all. The last one that is on stays on. */
function Share({
  step,
  variant,
  name,
  open,
  onOpen,
  onChange,
}: WordingsProps & { variant: DraftVariant; name: string }) {
  const total = step.variants.reduce((sum, each) => sum + each.weight, 0)
  const on = variant.weight > 0
  const last = on && step.variants.every((each) => each === variant || each.weight === 0)
  const weigh = (weight: number) => onChange(withVariant(step, variant.key, { weight }))
  const remove = () => {
    const rest = step.variants.filter((each) => each !== variant)
    onChange({ ...step, variants: rest })
    if (open === variant.key && rest[0]) onOpen(rest[0].key)
  }
  return (
    <>
      <NumberInput
        size="xs"
        w={64}
        aria-label={`Weight of wording ${name}`}
        data-testid={`weight-${name}`}
        min={1}
        max={WEIGHT_MAX}
        allowDecimal={false}
        disabled={!on}
        value={variant.weight}
        onChange={(weight) => {
          if (typeof weight === 'number' && weight >= 1) weigh(weight)
        }}
      />
      <span className="sg-quiet">{on ? `${Math.round((100 * variant.weight) / total)} %` : 'off'}</span>
      <Switch
        size="xs"
        aria-label={`Wording ${name} is sent`}
        data-testid={`switch-${name}`}
        checked={on}
        disabled={last}
        onChange={(event) => weigh(event.currentTarget.checked ? 1 : 0)}
      />
      <Button size="compact-xs" variant="subtle" color="gray" disabled={last} onClick={remove}>
        Remove
      </Button>
    </>
  )
}

const percent = (rate: number) => `${(100 * rate).toFixed(1)} %`
const range = ({ low, high }: Estimate) => `${percent(low)} to ${percent(high)}`

function Results({ variant, tested }: { variant: Variant | undefined; tested: boolean }) {
  const sent = variant?.unique_delivered ?? 0
  const results = variant?.results
  if (!sent || !variant) return null
  const plain = `${number(sent)} sent, ${number(variant.unique_replied ?? 0)} replied`
  if (!tested || !results || results.replied.rate === null)
    return <span className={classes.results}>{plain}</span>
  const others = [
    ['opened', results.opened],
    ['clicked', results.clicked],
    ['bounced', results.bounced],
  ] as const
  const said = others
    .filter(([, one]) => one.rate !== null)
    .map(([word, one]) => `${word} ${number(one.n)} of ${number(one.of)} (${range(one)})`)
  return (
    <Tip label={() => `With 95 % certainty each. ${said.join('; ')}`}>
      <span className={classes.results}>
        {plain} ({range(results.replied)})
      </span>
    </Tip>
  )
}
