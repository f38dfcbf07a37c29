/** The columns of the list of sequences. Every number opens the rows it counts. */
import type { PeopleCounts, Sequence } from '../lib/sequence-types.ts'
import { counted, number } from '../lib/words.ts'
import type { Column } from '../ui/column.ts'
import { Count } from '../ui/count.tsx'
import { Instant } from '../ui/instant.tsx'
import { AppLink } from '../ui/link.tsx'
import { type Part, StackedBar } from '../ui/stacked-bar.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { Tip } from '../ui/tip.tsx'
import { ActiveSwitch } from './active-switch.tsx'
import { titleOf } from './names.ts'

export const partsOf = (people: PeopleCounts): Part[] => [
  { state: 'active', n: people.active },
  { state: 'held', n: people.held },
  { state: 'paused', n: people.paused },
  { state: 'finished', n: people.finished },
  { state: 'replied', n: people.replied },
  { state: 'bounced', n: people.bounced },
  { state: 'failed', n: people.failed ?? 0 },
]

export const openPeople = (sequence: Sequence, show = '') => ({ rows: 'people', of: sequence.id, show })
export const openMails = (sequence: Sequence, show: string) => ({ rows: 'mails', of: sequence.id, show })

function Name({ sequence }: { sequence: Sequence }) {
  return (
    <AppLink
      to={`/sequences/${sequence.id}`}
      plain
      className="sg-clamp"
      style={{ fontWeight: 500 }}
      onClick={(event) => event.stopPropagation()}
    >
      {titleOf(sequence)}
      {sequence.reputation_warning ? (
        <>
          {' '}
          <Tip label={() => sequence.reputation_warning}>
            <StateBadge state="near_limit" />
          </Tip>
        </>
      ) : null}
    </AppLink>
  )
}

function People({ sequence }: { sequence: Sequence }) {
  return (
    <div
      style={{ display: 'grid', gridTemplateColumns: '52px minmax(40px, 1fr)', gap: 8, alignItems: 'center' }}
    >
      <span style={{ textAlign: 'right' }}>
        <Count n={sequence.people.total} of="people" opens={openPeople(sequence)} />
      </span>
      <StackedBar parts={partsOf(sequence.people)} total={sequence.people.total} />
    </div>
  )
}

const steps = (sequence: Sequence) => (
  <span className="sg-quiet" style={{ fontSize: 13 }}>
    {counted(sequence.num_steps, 'step')}
  </span>
)

export const columns: Column<Sequence>[] = [
  {
    key: 'name',
    title: 'Name',
    width: 'minmax(160px, 2.2fr)',
    sort: 'name',
    cell: (sequence) => <Name sequence={sequence} />,
  },
  {
    key: 'state',
    title: 'State',
    width: '92px',
    cell: (sequence) => <ActiveSwitch sequence={sequence} />,
  },
  { key: 'steps', title: 'Steps', width: '64px', from: 1080, cell: steps },
  {
    key: 'people',
    title: 'People',
    width: 'minmax(140px, 1.2fr)',
    from: 640,
    cell: (sequence) => <People sequence={sequence} />,
  },
  {
    key: 'delivered',
    title: 'Delivered',
    width: '72px',
    align: 'right',
    from: 740,
    cell: (sequence) => (
      <Count n={sequence.unique_delivered} of="delivered" opens={openMails(sequence, 'delivered')} />
    ),
  },
  {
    key: 'replied',
    title: 'Replied',
    width: '64px',
    align: 'right',
    from: 640,
    cell: (sequence) => (
      <Count n={sequence.reply_rate} as="percent" of="replied" opens={openPeople(sequence, 'replied')} />
    ),
  },
  {
    key: 'bounced',
    title: 'Bounced',
    width: '64px',
    align: 'right',
    from: 740,
    cell: (sequence) => (
      <Count n={sequence.bounce_rate} as="percent" of="bounced" opens={openPeople(sequence, 'bounced')} />
    ),
  },
  {
    key: 'next',
    title: 'Next send',
    width: '150px',
    from: 860,
    cell: (sequence) => <Instant at={sequence.next_send_at} none="none planned" />,
  },
  {
    key: 'owner',
    title: 'Owner',
    width: 'minmax(80px, 0.8fr)',
    from: 980,
    cell: (sequence) => <div className="sg-truncate sg-quiet">{sequence.owner_name}</div>,
  },
]

/** What a phone shows under the name. */
export function SequenceDetailLine({ sequence }: { sequence: Sequence }) {
  const { people } = sequence
  return (
    <>
      <span>{counted(people.total, 'person', 'people')}</span>
      <span>{number(people.replied)} replied</span>
      {sequence.next_send_at ? (
        <span>
          next <Instant at={sequence.next_send_at} short />
        </span>
      ) : null}
      {people.held > 0 ? <StateBadge state="held" word={`${number(people.held)} held`} /> : null}
    </>
  )
}
