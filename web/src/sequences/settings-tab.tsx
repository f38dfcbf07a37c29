/** When a sequence sends, what ends it for a person, and its archive. Each setting is saved when it is changed. */
import { Button, MultiSelect, NumberInput, Select, Stack, Switch } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { stagesQuery } from '../lib/contacts.ts'
import { schedulesQuery } from '../lib/mailboxes.ts'
import type { Sequence, SequenceInput } from '../lib/sequence-types.ts'
import { archive, updateSequence } from '../lib/sequences.ts'
import { zoneName } from '../lib/time.ts'
import { counted } from '../lib/words.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { AppLink } from '../ui/link.tsx'
import { Section } from '../ui/page.tsx'
import { CompanyAnswers } from './company-answers.tsx'
import { CopiesSettings } from './copies-settings.tsx'
import { titleOf } from './names.ts'
import { StageRules } from './stage-rules.tsx'
import { TrackingSettings } from './tracking-settings.tsx'

export function SettingsTab({ sequence }: { sequence: Sequence }) {
  const queries = useQueryClient()
  const { run } = useAct()
  const change = (input: SequenceInput) =>
    run(async () => {
      await updateSequence(sequence.id, input)
      await queries.invalidateQueries({ queryKey: ['sequences'] })
      tell('Saved.')
    })
  return (
    <div style={{ maxWidth: 640 }}>
      <When sequence={sequence} change={change} />
      <Stops sequence={sequence} change={change} />
      <CopiesSettings sequence={sequence} change={change} />
      <StageRules sequence={sequence} change={change} />
      <TrackingSettings sequence={sequence} change={change} />
      {sequence.archived ? null : <Archive sequence={sequence} />}
    </div>
  )
}

interface PartProps {
  sequence: Sequence
  change: (input: SequenceInput) => void
}

function When({ sequence, change }: PartProps) {
  const { data } = useQuery(schedulesQuery)
  const [cap, setCap] = useState<number | string>(sequence.max_emails_per_day ?? '')
  const saveCap = () => {
    const next = cap === '' ? null : Number(cap)
    if (next !== sequence.max_emails_per_day) change({ max_emails_per_day: next })
  }
  return (
    <Section title="When it sends" actions={<AppLink to="/settings/schedules">Edit schedules</AppLink>}>
      <Stack gap={12}>
        <Select
          label="Schedule"
          allowDeselect={false}
          data={(data ?? []).map((schedule) => ({
            value: schedule.id,
            label: `${schedule.name} (${zoneName(schedule.time_zone)})`,
          }))}
          value={sequence.emailer_schedule_id}
          onChange={(id) => id && change({ emailer_schedule_id: id })}
          data-testid="sequence-schedule"
        />
        <NumberInput
          label="At most a day"
          description="Mails of this sequence, over all mailboxes. Empty: only the limits of the mailboxes count."
          min={0}
          allowDecimal={false}
          value={cap}
          onChange={setCap}
          onBlur={saveCap}
          w={280}
        />
      </Stack>
    </Section>
  )
}

function Stops({ sequence, change }: PartProps) {
  const { data } = useQuery(stagesQuery)
  return (
    <Section title="What stops it for a person">
      <Stack gap={12}>
        <Switch
          label="An answer finishes it"
          checked={sequence.mark_finished_if_reply ?? true}
          onChange={(event) => change({ mark_finished_if_reply: event.currentTarget.checked })}
        />
        <Switch
          label="A click on a link finishes it"
          description={
            sequence.mark_finished_if_click && !sequence.click_tracking_enabled
              ? 'Clicks are not tracked: turn that on below, or nobody ends this way.'
              : undefined
          }
          checked={sequence.mark_finished_if_click ?? false}
          onChange={(event) => change({ mark_finished_if_click: event.currentTarget.checked })}
          data-testid="finish-on-click"
        />
        <Switch
          label="An out-of-office reply pauses it until the return date"
          checked={sequence.mark_paused_if_ooo ?? true}
          onChange={(event) => change({ mark_paused_if_ooo: event.currentTarget.checked })}
        />
        <ResponseDays sequence={sequence} change={change} />
        <CompanyAnswers sequence={sequence} change={change} />
        <MultiSelect
          label="Never to people in these stages"
          data={(data?.contact_stages ?? []).map((stage) => ({
            value: stage.id,
            label: stage.display_name || stage.name,
          }))}
          value={sequence.excluded_contact_stage_ids ?? []}
          onChange={(ids) => change({ excluded_contact_stage_ids: ids })}
        />
        <span className="sg-quiet">Bounces, opt-outs and spam reports always stop it.</span>
      </Stack>
    </Section>
  )
}

function ResponseDays({ sequence, change }: PartProps) {
  const saved = sequence.days_to_wait_before_mark_as_response
  const [days, setDays] = useState<number | string>(saved ?? '')
  const save = () => {
    const next = days === '' ? null : Number(days)
    if (next !== saved) change({ days_to_wait_before_mark_as_response: next })
  }
  return (
    <NumberInput
      label="Days until unresponsive"
      description="Whoever received every step and did not answer for so long moves to the stage Unresponsive. Empty: nobody does."
      min={0}
      max={3650}
      allowDecimal={false}
      value={days}
      onChange={setDays}
      onBlur={save}
      w={280}
    />
  )
}

function Archive({ sequence }: { sequence: Sequence }) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const under = sequence.people.active + sequence.people.paused + sequence.people.held
  const confirm = async () => {
    await archive(sequence.id)
    await queries.invalidateQueries()
    tell(`${titleOf(sequence)} is archived.`)
  }
  return (
    <Section title="Archive">
      <p className="sg-quiet">
        An archived sequence sends nothing and leaves the list. Its numbers and history stay.
      </p>
      <Button variant="default" mt="sm" onClick={() => setAsking(true)} data-testid="archive">
        Archive this sequence
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Archive ${titleOf(sequence)}?`}
        verb="Archive"
        danger
        onConfirm={confirm}
      >
        {under > 0
          ? `${counted(under, 'person', 'people')} still in it are finished and receive nothing more from it.`
          : 'Nobody is under way in it.'}
      </Confirm>
    </Section>
  )
}
