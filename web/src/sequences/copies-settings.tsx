/** Who gets a copy of every email of a sequence, besides the person. Saved when the field is left. */
import { Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Sequence, SequenceInput } from '../lib/sequence-types.ts'
import { Section } from '../ui/page.tsx'

interface CopiesProps {
  sequence: Sequence
  change: (input: SequenceInput) => void
}

export function CopiesSettings({ sequence, change }: CopiesProps) {
  const [cc, setCc] = useState(sequence.cc_emails ?? '')
  const [bcc, setBcc] = useState(sequence.bcc_emails ?? '')
  return (
    <Section title="Copies">
      <Stack gap={12}>
        <TextInput
          label="Cc"
          description="Addresses between commas. The person sees them; an answer of theirs counts as the answer."
          value={cc}
          onChange={(event) => setCc(event.currentTarget.value)}
          onBlur={() => cc !== (sequence.cc_emails ?? '') && change({ cc_emails: cc })}
          data-testid="sequence-cc"
        />
        <TextInput
          label="Bcc"
          description="Nobody sees them, such as the address of your CRM."
          value={bcc}
          onChange={(event) => setBcc(event.currentTarget.value)}
          onBlur={() => bcc !== (sequence.bcc_emails ?? '') && change({ bcc_emails: bcc })}
          data-testid="sequence-bcc"
        />
      </Stack>
    </Section>
  )
}
