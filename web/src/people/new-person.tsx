/** Adds one person. An address that is known already changes that person instead, and says so. */
import { Modal } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { ContactFields } from '../lib/api-types.ts'
import { createContact } from '../lib/contacts.ts'
import { nameOf } from '../lib/words.ts'
import { tell } from '../ui/act.tsx'
import { given } from './fields.ts'
import { PersonForm } from './person-form.tsx'

export function NewPerson({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const queries = useQueryClient()
  const save = async (fields: ContactFields) => {
    const { contact, dedupe_result } = await createContact(given(fields))
    await queries.invalidateQueries()
    tell(
      dedupe_result?.found_existing
        ? `${nameOf(contact)} was known already and is updated.`
        : `${nameOf(contact)} is added.`,
    )
    onClose()
  }
  return (
    <Modal opened={opened} onClose={onClose} title="New person" size={560}>
      <PersonForm begin={{}} verb="Add" onSave={save} onCancel={onClose} />
    </Modal>
  )
}
