/** Whether a sequence tells of openings and clicks, and what it told. Machines stand apart; without https the switches say why they are off. */
import { NumberInput, Stack, Switch } from '@mantine/core'
import { useState } from 'react'
import type { Sequence, SequenceInput } from '../lib/sequence-types.ts'
import { useSession } from '../lib/session.ts'
import { number } from '../lib/words.ts'
import { Count } from '../ui/count.tsx'
import { Section } from '../ui/page.tsx'
import { openMails } from './list-columns.tsx'

const NO_HTTPS =
  'Recipients reach Segue over https alone. Set SEGUE_PUBLIC_URL to the https address of this Segue and start it again.'

export function TrackingSettings({
  sequence,
  change,
}: {
  sequence: Sequence
  change: (input: SequenceInput) => void
}) {
  const { public_url_is_https: https, has_real_mailbox: real } = useSession()
  const cannot = real && !https
  const { open_tracking_enabled: opens, click_tracking_enabled: clicks } = sequence
  return (
    <Section title="Openings and clicks">
      <Stack gap={12}>
        <Switch
          label="Track who opens"
          description={
            cannot
              ? NO_HTTPS
              : 'A picture of one point in each email. Many mail programs load it unasked, and many people never do.'
          }
          disabled={cannot && !opens}
          checked={opens}
          onChange={(event) => change({ open_tracking_enabled: event.currentTarget.checked })}
          data-testid="track-opens"
        />
        <Switch
          label="Track who clicks"
          description={
            cannot
              ? NO_HTTPS
              : 'Links of each email come by Segue first. The opt-out link and the text part stay as they are.'
          }
          disabled={cannot && !clicks}
          checked={clicks}
          onChange={(event) => change({ click_tracking_enabled: event.currentTarget.checked })}
          data-testid="track-clicks"
        />
        <CallForOpens sequence={sequence} change={change} />
        <Told sequence={sequence} />
      </Stack>
    </Section>
  )
}

/** As the API takes it when nobody says how often. */
const USUAL_OPENINGS = 3

function CallForOpens({ sequence, change }: { sequence: Sequence; change: (input: SequenceInput) => void }) {
  const { create_task_if_email_open: asked, email_open_trigger_task_threshold: saved } = sequence
  const [openings, setOpenings] = useState<number | string>(saved ?? USUAL_OPENINGS)
  const save = () => {
    const next = Number(openings) || USUAL_OPENINGS
    if (next !== (saved ?? USUAL_OPENINGS)) change({ email_open_trigger_task_threshold: next })
  }
  return (
    <>
      <Switch
        label="A call for whoever opens an email often"
        description={
          asked && !sequence.open_tracking_enabled
            ? 'Openings are not tracked: turn that on above, or there will be no such call.'
            : 'A task for whoever writes to them, once for each person. The sequence goes on meanwhile; openings by machines do not count.'
        }
        checked={asked ?? false}
        onChange={(event) => change({ create_task_if_email_open: event.currentTarget.checked })}
        data-testid="call-for-opens"
      />
      {asked ? (
        <NumberInput
          label="After so many openings of one email"
          min={1}
          max={200}
          allowDecimal={false}
          value={openings}
          onChange={setOpenings}
          onBlur={save}
          w={280}
        />
      ) : null}
    </>
  )
}

/** Once an email that carried them has arrived. */
function Told({ sequence }: { sequence: Sequence }) {
  const opens = sequence.unique_delivered_open_tracked
  const clicks = sequence.unique_delivered_click_tracked
  if (opens === 0 && clicks === 0) return null
  return (
    <div data-testid="tracking-results">
      {opens > 0 ? (
        <p>
          <Count n={sequence.unique_opened} of="opened" opens={openMails(sequence, 'opened')} /> of{' '}
          {number(opens)} tracked emails were opened by a person; machines fetched the picture of{' '}
          {number(sequence.unique_machine_opened)}.
        </p>
      ) : null}
      {clicks > 0 ? (
        <p>
          <Count n={sequence.unique_clicked} of="clicked" opens={openMails(sequence, 'clicked')} /> of{' '}
          {number(clicks)} had a link followed by a person; scanners followed links of{' '}
          {number(sequence.unique_scanner_clicked)}.
        </p>
      ) : null}
    </div>
  )
}
