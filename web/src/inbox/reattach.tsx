/** "Not this person": a mail that was taken for the wrong person's is given to whom it belongs, after saying what will happen to both. */
import { Button, Select } from '@mantine/core'
import { IconUserQuestion } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Inbound } from '../lib/api-types.ts'
import { contactQuery, timelineQuery } from '../lib/contacts.ts'
import { reattachMail } from '../lib/reading.ts'
import { counted, nameOf } from '../lib/words.ts'
import { tell } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { ContactPicker } from '../ui/contact-picker.tsx'
import classes from './reading.module.css'

const NOBODY = 'nobody'
const SOMEBODY = 'somebody'

export function Reattach({ mail }: { mail: Inbound }) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconUserQuestion size={14} />}
        onClick={() => setAsking(true)}
        className={classes.reattach ?? ''}
        data-testid="reattach"
      >
        {mail.contact_id ? 'Not this person' : 'Whose is it?'}
      </Button>
      {asking ? <Ask mail={mail} onClose={() => setAsking(false)} /> : null}
    </>
  )
}

function Ask({ mail, onClose }: { mail: Inbound; onClose: () => void }) {
  const queries = useQueryClient()
  const [way, setWay] = useState(SOMEBODY)
  const [contactId, setContactId] = useState('')
  const [enrollmentId, setEnrollmentId] = useState<string | null>(null)
  const nobody = way === NOBODY
  const save = async () => {
    const to = nobody
      ? { nobody: true }
      : enrollmentId === null
        ? { contact_id: contactId }
        : { contact_campaign_status_id: enrollmentId }
    const { still_sending } = await reattachMail(mail.id, to)
    await queries.invalidateQueries()
    const left = still_sending.length
    tell(left === 0 ? 'Saved.' : `Saved. ${counted(left, 'email')} had left already.`)
  }
  return (
    <Confirm
      opened
      onClose={onClose}
      title="Whose mail is this?"
      verb="Save"
      blocked={!nobody && contactId === ''}
      onConfirm={save}
    >
      {mail.contact_id ? (
        <Select
          label="It belongs to"
          data={[
            { value: SOMEBODY, label: 'Somebody else' },
            { value: NOBODY, label: 'Nobody we write to' },
          ]}
          value={way}
          onChange={(chosen) => setWay(chosen ?? SOMEBODY)}
          allowDeselect={false}
          mb="sm"
        />
      ) : null}
      {nobody ? null : (
        <>
          <ContactPicker
            label="Person"
            value={contactId}
            onChange={(id) => {
              setContactId(id)
              setEnrollmentId(null)
            }}
          />
          <Sequences contactId={contactId} value={enrollmentId} onChange={setEnrollmentId} />
        </>
      )}
      <Follows mail={mail} nobody={nobody} contactId={contactId} />
    </Confirm>
  )
}

/** Somebody who is in several: which of them it answers. */
function Sequences(props: {
  contactId: string
  value: string | null
  onChange: (id: string | null) => void
}) {
  const { data } = useQuery({ ...timelineQuery(props.contactId), enabled: props.contactId !== '' })
  const enrollments = data?.enrollments ?? []
  if (enrollments.length < 2) return null
  return (
    <Select
      label="Which sequence it answers"
      placeholder="The latest email to them"
      clearable
      data={enrollments.map((one) => ({ value: one.id, label: one.sequence_name ?? 'Untitled sequence' }))}
      value={props.value}
      onChange={props.onChange}
      mt="sm"
    />
  )
}

/** What saving does, before it is done. */
function Follows({ mail, nobody, contactId }: { mail: Inbound; nobody: boolean; contactId: string }) {
  const before = useQuery(contactQuery(mail.contact_id ?? '')).data?.contact
  const after = useQuery(contactQuery(contactId)).data?.contact
  return (
    <>
      {before ? (
        <p>
          What it did to {nameOf(before)} is undone: they go on where it stopped them, or wait for you when
          the next email fell due meanwhile.
        </p>
      ) : null}
      {!nobody && after ? (
        <p>
          It counts as if it had been read as {nameOf(after)}'s from the start, and the numbers are corrected.
        </p>
      ) : null}
    </>
  )
}
