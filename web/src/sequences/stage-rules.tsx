/** Which stage an event of this sequence moves a contact to: the usual one, another one, or none. */
import { Select, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { stagesQuery } from '../lib/contacts.ts'
import type { Sequence, SequenceInput, StageEvent } from '../lib/sequence-types.ts'
import { Section } from '../ui/page.tsx'

const EVENTS: { event: StageEvent; label: string; usual: string }[] = [
  { event: 'replied', label: 'Answered', usual: 'Replied' },
  { event: 'demoed', label: 'Met, or accepted a meeting', usual: 'Interested' },
  { event: 'interested', label: 'Would meet, as a person said', usual: 'Interested' },
  { event: 'not_interested', label: 'Not interested, as a person said', usual: 'Not Interested' },
  { event: 'left_company', label: 'Left the company', usual: 'Changed Job' },
  { event: 'hard_bounced', label: 'The address does not exist', usual: 'Bad Data' },
  { event: 'unsubscribed', label: 'Opted out', usual: 'Do Not Contact' },
  { event: 'unresponsive', label: 'Silent after every step', usual: 'Unresponsive' },
]
const USUAL = 'usual'
const STAYS = 'stays'

interface StageRulesProps {
  sequence: Sequence
  change: (input: SequenceInput) => void
}

export function StageRules({ sequence, change }: StageRulesProps) {
  const { data } = useQuery(stagesQuery)
  const rules = sequence.contact_email_event_to_stage_mapping ?? {}
  const stages = (data?.contact_stages ?? []).map((stage) => ({
    value: stage.id,
    label: stage.display_name || stage.name,
  }))
  const save = (event: StageEvent, chosen: string | null) => {
    const { [event]: _before, ...others } = rules
    change({
      contact_email_event_to_stage_mapping:
        chosen === null || chosen === USUAL
          ? others
          : { ...others, [event]: chosen === STAYS ? null : chosen },
    })
  }
  return (
    <Section title="Which stage people move to">
      <Stack gap={12}>
        {EVENTS.map(({ event, label, usual }) => (
          <Select
            key={event}
            label={label}
            allowDeselect={false}
            data={[
              { value: USUAL, label: `Usual: ${usual}` },
              { value: STAYS, label: 'The stage stays as it is' },
              ...stages,
            ]}
            value={event in rules ? (rules[event] ?? STAYS) : USUAL}
            onChange={(chosen) => save(event, chosen)}
            data-testid={`stage-rule-${event}`}
          />
        ))}
      </Stack>
    </Section>
  )
}
