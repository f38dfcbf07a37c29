/** What an answer means: a person says it, and what follows is said before it is done. */
import { Select } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Inbound } from '../lib/api-types.ts'
import { sayReplyClass } from '../lib/reading.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'

const CLASSES: Record<string, { word: string; follows: string | null }> = {
  willing_to_meet: {
    word: 'Would meet',
    follows: 'They move to Interested, and the sequences that end with interest end for them.',
  },
  follow_up_question: { word: 'Asks something', follows: null },
  person_referral: { word: 'Names somebody else', follows: null },
  not_interested: {
    word: 'Not interested',
    follows: 'They move to Not Interested, and all their sequences end.',
  },
  already_left_company_or_not_right_person: {
    word: 'Wrong person, or has left',
    follows: 'All their sequences end.',
  },
  out_of_office: { word: 'Out of office', follows: null },
  unsubscribe: {
    word: 'Wants no more mail',
    follows: 'Their address is put on the do-not-contact list, and all their sequences end.',
  },
  none_of_the_above: { word: 'Something else', follows: null },
}
const CHOICES = Object.entries(CLASSES).map(([value, { word }]) => ({ value, label: word }))

export function ReplyClassSelect({ mail }: { mail: Inbound }) {
  const queries = useQueryClient()
  const { run } = useAct()
  const [asking, setAsking] = useState<string>()
  const say = async (replyClass: string | null) => {
    await sayReplyClass(mail.id, replyClass)
    await queries.invalidateQueries()
    tell(replyClass === null ? 'The meaning was taken back.' : `Saved: ${CLASSES[replyClass]!.word}.`)
  }
  const choose = (value: string | null) =>
    value !== null && CLASSES[value]!.follows !== null ? setAsking(value) : run(() => say(value))
  const asked = asking === undefined ? undefined : CLASSES[asking]
  return (
    <>
      <Select
        label="What it means"
        placeholder="Not said"
        clearable
        data={CHOICES}
        value={mail.reply_class}
        onChange={choose}
        w={240}
        data-testid="reply-class"
      />
      <Confirm
        opened={asked !== undefined}
        onClose={() => setAsking(undefined)}
        title={`${asked?.word ?? ''}?`}
        verb="Save"
        onConfirm={() => say(asking!)}
      >
        {asked?.follows}
      </Confirm>
    </>
  )
}
