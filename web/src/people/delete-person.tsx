/** Deletes a person, after saying what ends and what stays. */
import { Button } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Contact } from '../lib/api-types.ts'
import { deleteContact } from '../lib/contacts.ts'
import { useGo } from '../lib/url.ts'
import { counted, nameOf } from '../lib/words.ts'
import { tell } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'

export function DeletePerson({ contact }: { contact: Contact }) {
  const [asking, setAsking] = useState(false)
  const queries = useQueryClient()
  const go = useGo()
  const name = nameOf(contact)
  const live = (contact.contact_campaign_statuses ?? []).filter(({ status }) =>
    ['active', 'paused'].includes(status),
  ).length
  const remove = async () => {
    const { still_sending } = await deleteContact(contact.id)
    go('/people')
    await queries.invalidateQueries()
    tell(
      still_sending.length === 0
        ? `${name} is deleted.`
        : `${name} is deleted. ${counted(still_sending.length, 'email')} had left already.`,
    )
  }
  return (
    <>
      <Button
        variant="subtle"
        color="red"
        size="compact-sm"
        leftSection={<IconTrash size={14} />}
        onClick={() => setAsking(true)}
        data-testid="delete-person"
      >
        Delete
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Delete ${name}?`}
        verb="Delete"
        danger
        onConfirm={remove}
      >
        <p>
          {live === 0
            ? 'They are in no sequence now.'
            : `They are in ${counted(live, 'sequence')}: each ends for them, and nothing more is sent.`}{' '}
          Open tasks about them are cancelled.
        </p>
        <p>
          What was sent and answered stays in the numbers, and an opt-out stays on the do-not-contact list.
          This cannot be undone.
        </p>
      </Confirm>
    </>
  )
}
