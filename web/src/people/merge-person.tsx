/** Merges another contact of the same person into this one, after saying what will happen to both. */
import { Button } from '@mantine/core'
import { IconArrowsJoin2 } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import type { Contact } from '../lib/api-types.ts'
import { contactQuery, type Merge, mergeContact, mergePlanQuery } from '../lib/contacts.ts'
import { counted, nameOf } from '../lib/words.ts'
import { tell } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { ContactPicker } from '../ui/contact-picker.tsx'
import { Problem } from '../ui/problem.tsx'

export function MergePerson({ contact }: { contact: Contact }) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconArrowsJoin2 size={14} />}
        onClick={() => setAsking(true)}
        data-testid="merge-person"
      >
        Merge with...
      </Button>
      {asking ? <Ask contact={contact} onClose={() => setAsking(false)} /> : null}
    </>
  )
}

function Ask({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const queries = useQueryClient()
  const [otherId, setOtherId] = useState('')
  const { data: plan, error } = useQuery(mergePlanQuery(contact.id, otherId))
  const merge = async () => {
    const { still_sending } = await mergeContact(contact.id, otherId)
    // The other is gone: nothing about it is asked again.
    await queries.invalidateQueries({ predicate: ({ queryKey }) => !queryKey.includes(otherId) })
    const left = still_sending.length
    tell(left === 0 ? 'Merged.' : `Merged. ${counted(left, 'email')} had left already.`)
  }
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Who else is ${nameOf(contact)}?`}
      verb="Merge"
      danger
      blocked={plan === undefined}
      onConfirm={merge}
    >
      <p>
        {nameOf(contact)} {contact.email ? `(${contact.email}) ` : ''}stays. Choose the other contact of the
        same person.
      </p>
      <ContactPicker
        label="Other contact"
        value={otherId}
        onChange={setOtherId}
        withAddress
        except={contact.id}
      />
      <Problem words={error ? sentenceOf(error) : undefined} />
      {plan ? <Follows contact={contact} otherId={otherId} plan={plan} /> : null}
    </Confirm>
  )
}

/** What merging does, before it is done. */
function Follows({ contact, otherId, plan }: { contact: Contact; otherId: string; plan: Merge }) {
  const other = useQuery(contactQuery(otherId)).data?.contact
  const theirs = other ? withAddress(other) : 'the other'
  return (
    <div data-testid="merge-plan">
      {plan.sequences.length === 0 ? <p>Neither is in a sequence.</p> : null}
      {plan.sequences.length > 0 ? (
        <ul>
          {plan.sequences.map((one) => (
            <li key={one.emailer_campaign_id}>
              {one.name ?? 'Untitled sequence'}: {wordsOf(one, { own: withAddress(contact), theirs })}
            </li>
          ))}
        </ul>
      ) : null}
      {plan.leaves_email ? (
        <p>
          {plan.leaves_email} is not written to any more: what comes next goes to{' '}
          {plan.contact.email ?? 'nobody, until there is an address'}, in a new thread.
        </p>
      ) : null}
      {plan.only_merged_is_unsubscribed ? (
        <p>
          <strong>
            {plan.leaves_email} is on the do-not-contact list, and {plan.contact.email ?? 'this contact'} is
            not. If the person wants no mail, put that address on the list, too.
          </strong>
        </p>
      ) : null}
      <p>
        Emails, answers, tasks and lists of {theirs} are found here from then on
        {plan.filled.length > 0 ? `, and ${counted(plan.filled.length, 'field')} taken over` : ''}. The other
        contact is gone; this cannot be undone.
      </p>
    </div>
  )
}

/** Both may have one name. */
const withAddress = (contact: Contact) =>
  contact.email ? `${nameOf(contact)} (${contact.email})` : nameOf(contact)

function wordsOf(one: Merge['sequences'][number], { own, theirs }: { own: string; theirs: string }): string {
  const whose = one.place_of === 'kept' ? `the place of ${own} counts` : `the place of ${theirs} counts`
  const then = one.goes_on ? 'it goes on from there' : 'nothing more is sent'
  const ended = one.ended_contact_campaign_status_ids.length
  return `${whose}, ${then}${ended === 0 ? '' : '; what else was under way ends'}.`
}
