/** What is known of a person, and changing it. */
import { Button, Modal } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { Contact, ContactFields } from '../lib/api-types.ts'
import { useNow } from '../lib/clock.ts'
import { labelsQuery, stagesQuery, updateContact } from '../lib/contacts.ts'
import { clockTime, weekday, zoneName } from '../lib/time.ts'
import { nameOf } from '../lib/words.ts'
import { tell } from '../ui/act.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { DeletePerson } from './delete-person.tsx'
import { changed, fieldsOf } from './fields.ts'
import { MergePerson } from './merge-person.tsx'
import classes from './person.module.css'
import { PersonForm } from './person-form.tsx'

export function Facts({ contact, actions }: { contact: Contact; actions?: ReactNode }) {
  const [editing, setEditing] = useState(false)
  return (
    <section>
      <dl className={classes.facts}>
        <Fact name="Email">
          {contact.email ?? <span className="sg-quiet">none</span>}{' '}
          {contact.email_unsubscribed ? <StateBadge state="opted_out" /> : null}
        </Fact>
        <Fact name="Company">{contact.organization_name}</Fact>
        <Fact name="Title">{contact.title}</Fact>
        <Fact name="Phone">{contact.phone_numbers?.map((phone) => phone.raw_number).join(', ')}</Fact>
        <Fact name="Place">{[contact.city, contact.state, contact.country].filter(Boolean).join(', ')}</Fact>
        <Fact name="Time zone">
          <Zone contact={contact} />
        </Fact>
        <Stage contact={contact} />
        <Custom contact={contact} />
        <Fact name="Came from">{contact.source_display_name ?? contact.source}</Fact>
      </dl>
      <div className={classes.factActions}>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPencil size={14} />}
          onClick={() => setEditing(true)}
        >
          Change
        </Button>
        <MergePerson contact={contact} />
        <DeletePerson contact={contact} />
        {actions}
      </div>
      {editing ? <Edit contact={contact} onClose={() => setEditing(false)} /> : null}
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === undefined || children === '') return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Zone({ contact }: { contact: Contact }) {
  const now = useNow()
  if (!contact.time_zone) return <span className="sg-quiet">unknown: the schedule's own is used</span>
  const source =
    contact.time_zone_source === 'inferred'
      ? `, inferred from ${contact.time_zone_inferred_from ?? 'the place'}`
      : contact.time_zone_source === 'stated'
        ? ', stated'
        : ''
  return (
    <>
      {zoneName(contact.time_zone)}
      <span className="sg-quiet">
        {source}; there it is {weekday(now, contact.time_zone)} {clockTime(now, contact.time_zone)}
      </span>
    </>
  )
}

function Stage({ contact }: { contact: Contact }) {
  const { data: stages } = useQuery(stagesQuery)
  const { data: labels } = useQuery(labelsQuery)
  const stage = stages?.contact_stages.find((each) => each.id === contact.contact_stage_id)
  const lists = labels?.filter((label) => contact.label_ids.includes(label.id)).map((label) => label.name)
  return (
    <>
      <Fact name="Stage">{stage?.display_name || stage?.name}</Fact>
      <Fact name="Lists">{lists?.join(', ')}</Fact>
    </>
  )
}

function Custom({ contact }: { contact: Contact }) {
  const entries = Object.entries(contact.custom ?? {}).filter(([, value]) => value !== null && value !== '')
  return entries.map(([name, value]) => (
    <Fact key={name} name={name}>
      {String(value)}
    </Fact>
  ))
}

function Edit({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const queries = useQueryClient()
  const { data: labels } = useQuery(labelsQuery)
  if (!labels) return null
  const before = fieldsOf(contact, labels)
  const save = async (after: ContactFields) => {
    await updateContact(contact.id, changed(before, after))
    await queries.invalidateQueries()
    tell(`${nameOf(contact)} is updated.`)
    onClose()
  }
  return (
    <Modal opened onClose={onClose} title={`Change ${nameOf(contact)}`} size={560}>
      <PersonForm begin={before} verb="Save" onSave={save} onCancel={onClose} />
    </Modal>
  )
}
