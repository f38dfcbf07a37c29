/** How much a mailbox may send: per rolling day, per hour, and the gap between two mails. */
import { NumberInput, SimpleGrid } from '@mantine/core'
import { span } from '../lib/time.ts'

export const gapInWords = (seconds: number) =>
  seconds === 0 ? 'no gap' : seconds < 60 ? `${seconds} s` : span(seconds * 1000)

export interface Limits {
  email_daily_threshold: number
  max_outbound_emails_per_hour: number
  seconds_delay_between_emails: number
}

export const DEFAULT_LIMITS: Limits = {
  email_daily_threshold: 50,
  max_outbound_emails_per_hour: 6,
  seconds_delay_between_emails: 600,
}

export function LimitFields({ limits, onChange }: { limits: Limits; onChange: (limits: Limits) => void }) {
  const field = (name: keyof Limits, label: string, description: string) => (
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
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing={12}>
      {field('email_daily_threshold', 'Per 24 hours', 'Rolling, not per calendar day.')}
      {field('max_outbound_emails_per_hour', 'Per hour', 'Rolling as well.')}
      {field(
        'seconds_delay_between_emails',
        'Seconds between two',
        gapInWords(limits.seconds_delay_between_emails),
      )}
    </SimpleGrid>
  )
}
