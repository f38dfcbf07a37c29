/** The columns of the list of people. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Contact } from '../lib/api-types.ts'
import { labelsQuery, stagesQuery } from '../lib/contacts.ts'
import { zoneName } from '../lib/time.ts'
import { counted, nameOf } from '../lib/words.ts'
import type { Column } from '../ui/column.ts'
import { Instant } from '../ui/instant.tsx'
import { PersonLink } from '../ui/link.tsx'
import { StateBadge } from '../ui/state-badge.tsx'

function Name({ contact }: { contact: Contact }) {
  return (
    <div style={{ display: 'flex', alignItems: 'center', gap: 8, minWidth: 0 }}>
      <PersonLink
        id={contact.id}
        className="sg-truncate"
        style={{ fontWeight: 500 }}
        onClick={(event) => event.stopPropagation()}
      >
        {nameOf(contact)}
      </PersonLink>
      {contact.email_unsubscribed ? <StateBadge state="opted_out" /> : null}
    </div>
  )
}

const quiet = (text: string | null | undefined) => <div className="sg-truncate sg-quiet">{text}</div>

const sequencesOf = (contact: Contact) => {
  const statuses = contact.contact_campaign_statuses ?? []
  const active = statuses.filter((status) => status.status === 'active').length
  if (statuses.length === 0) return ''
  return active > 0
    ? `${active} active of ${statuses.length}`
    : counted(statuses.length, 'finished', 'finished')
}

const identityColumns: Column<Contact>[] = [
  {
    key: 'name',
    title: 'Name',
    width: 'minmax(150px, 1.4fr)',
    cell: (contact) => <Name contact={contact} />,
  },
  {
    key: 'company',
    title: 'Company',
    width: 'minmax(110px, 1fr)',
    from: 640,
    cell: (contact) => <div className="sg-truncate">{contact.organization_name}</div>,
  },
  {
    key: 'email',
    title: 'Email',
    width: 'minmax(150px, 1.4fr)',
    from: 640,
    cell: (contact) => quiet(contact.email ?? 'no email address'),
  },
]

const stageColumn = (stageNames: ReadonlyMap<string, string>): Column<Contact> => ({
  key: 'stage',
  title: 'Stage',
  width: '110px',
  from: 820,
  cell: (contact) => quiet(stageNames.get(contact.contact_stage_id ?? '')),
})

const listsColumn = (labelNames: ReadonlyMap<string, string>): Column<Contact> => ({
  key: 'lists',
  title: 'Lists',
  width: 'minmax(80px, 0.8fr)',
  from: 1080,
  cell: (contact) =>
    quiet(
      contact.label_ids
        .map((id) => labelNames.get(id))
        .filter(Boolean)
        .join(', '),
    ),
})

const activityColumns: Column<Contact>[] = [
  {
    key: 'sequences',
    title: 'Sequences',
    width: '110px',
    from: 900,
    cell: (contact) => quiet(sequencesOf(contact)),
  },
  {
    key: 'zone',
    title: 'Zone',
    width: 'minmax(100px, 0.8fr)',
    from: 1200,
    cell: (contact) => quiet(contact.time_zone ? zoneName(contact.time_zone) : 'unknown'),
  },
  {
    key: 'last',
    title: 'Last activity',
    width: '120px',
    from: 980,
    cell: (contact) => <Instant at={contact.last_activity_date} short />,
  },
]

/** Stage and lists are ids on the contact; their names come once for all rows. */
export function usePeopleColumns(): Column<Contact>[] {
  const { data: stages } = useQuery(stagesQuery)
  const { data: labels } = useQuery(labelsQuery)
  return useMemo(() => {
    const stageNames = new Map(
      stages?.contact_stages.map((stage) => [stage.id, stage.display_name || stage.name]),
    )
    const labelNames = new Map(labels?.map((label) => [label.id, label.name]))
    return [...identityColumns, stageColumn(stageNames), listsColumn(labelNames), ...activityColumns]
  }, [stages, labels])
}

export function DetailLine({ contact }: { contact: Contact }) {
  return (
    <>
      {contact.organization_name ? <span>{contact.organization_name}</span> : null}
      <span style={{ overflowWrap: 'anywhere' }}>{contact.email ?? 'no email address'}</span>
    </>
  )
}
