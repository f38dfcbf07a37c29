/** How much a mailbox may send: per rolling day, per hour, the gap between two mails, and less while it is young. */
import { NumberInput, SimpleGrid, Stack, Switch } from '@mantine/core'
import type { Provider, RampUp } from '../lib/mailbox-types.ts'
import { span } from '../lib/time.ts'
import { number } from '../lib/words.ts'
import { Notice } from '../ui/problem.tsx'

export const gapInWords = (seconds: number) =>
  seconds === 0 ? 'no gap' : seconds < 60 ? `${seconds} s` : span(seconds * 1000)

/** Of one mailbox: the gap is at least so long, and at most that. */
export function gapsInWords(seconds: number, jitterPercent: number): string {
  const most = Math.round(seconds * (1 + jitterPercent / 100))
  return most === seconds ? gapInWords(seconds) : `${gapInWords(seconds)} to ${gapInWords(most)}`
}

export interface Limits {
  email_daily_threshold: number
  max_outbound_emails_per_hour: number
  seconds_delay_between_emails: number
  gap_jitter_percent: number
  ramp_up: (RampUp & { starts_on?: string }) | null
}

interface LimitFieldsProps {
  limits: Limits
  /** Undefined while it is not known yet. */
  provider: Provider | undefined
  onChange: (limits: Limits) => void
}

type Numbers = Exclude<keyof Limits, 'ramp_up'>

export function LimitFields({ limits, provider, onChange }: LimitFieldsProps) {
  const field = (name: Numbers, label: string, description: string) => (
    <NumberInput
      label={label}
      description={description}
      min={0}
      allowDecimal={false}
      value={limits[name]}
      onChange={(value) => onChange({ ...limits, [name]: Number(value) || 0 })}
      data-testid={name}
    />
  )
  return (
    <Stack gap={12}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12}>
        {field('email_daily_threshold', 'Per 24 hours', 'Rolling, not per calendar day.')}
        {field('max_outbound_emails_per_hour', 'Per hour', 'Rolling as well.')}
        {field(
          'seconds_delay_between_emails',
          'Seconds between two',
          `At least. ${gapsInWords(limits.seconds_delay_between_emails, limits.gap_jitter_percent)}.`,
        )}
        {field('gap_jitter_percent', 'Jitter in percent', 'How much longer a gap may be, by chance.')}
      </SimpleGrid>
      <AboveCeiling limits={limits} provider={provider} />
      <RampFields limits={limits} provider={provider} onChange={onChange} />
    </Stack>
  )
}

function AboveCeiling({ limits, provider }: Pick<LimitFieldsProps, 'limits' | 'provider'>) {
  if (!provider) return null
  const { per_day, per_hour, words } = provider.ceiling
  const above =
    (per_day !== null && limits.email_daily_threshold > per_day) ||
    (per_hour !== null && limits.max_outbound_emails_per_hour > per_hour)
  return above ? (
    <div data-testid="above-ceiling">
      <Notice tone="paused">{words}</Notice>
    </div>
  ) : (
    <p className="sg-quiet">{words}</p>
  )
}

/** What a young mailbox begins with, until a person says otherwise. */
const YOUNG: RampUp = { start_per_day: 5, step_per_day: 2 }

function RampFields({ limits, provider, onChange }: LimitFieldsProps) {
  const { ramp_up } = limits
  const field = (name: keyof RampUp, label: string) =>
    ramp_up && (
      <NumberInput
        label={label}
        min={1}
        allowDecimal={false}
        value={ramp_up[name]}
        onChange={(value) => onChange({ ...limits, ramp_up: { ...ramp_up, [name]: Number(value) || 1 } })}
        data-testid={name}
      />
    )
  return (
    <>
      <Switch
        label="Ramp up"
        description="For a mailbox that has not sent much yet: it begins with a few emails a day."
        checked={ramp_up !== null}
        onChange={(event) =>
          onChange({
            ...limits,
            ramp_up: event.currentTarget.checked ? (provider?.careful.ramp_up ?? YOUNG) : null,
          })
        }
        data-testid="ramp-up"
      />
      {ramp_up ? (
        <>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12}>
            {field('start_per_day', 'On the first day')}
            {field('step_per_day', 'More on each day after')}
          </SimpleGrid>
          <p className="sg-quiet">{rampInWords(ramp_up, limits.email_daily_threshold)}</p>
        </>
      ) : null}
    </>
  )
}

function rampInWords({ start_per_day, step_per_day }: RampUp, limit: number): string {
  const days = Math.max(0, Math.ceil((limit - start_per_day) / step_per_day))
  if (days === 0) return `It may send ${number(limit)} in 24 hours from the start.`
  return `${number(start_per_day)} in 24 hours at first, ${number(limit)} after ${days === 1 ? '1 day' : `${number(days)} days`}.`
}
