/** Which mailboxes people go on from: connected ones, never the sandbox. */
import { MultiSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Mailbox } from '../lib/mailbox-types.ts'
import { mailboxesQuery } from '../lib/mailboxes.ts'

/** All that could take over from this one. */
export function useOthers(id: string): Mailbox[] {
  const { data } = useQuery(mailboxesQuery)
  return (data ?? []).filter((one) => one.id !== id && one.state === 'connected' && !one.is_sandbox)
}

interface MoveToProps {
  others: readonly Mailbox[]
  value: string[]
  onChange: (value: string[]) => void
}

export function MoveTo({ others, value, onChange }: MoveToProps) {
  return (
    <MultiSelect
      label="They go on from"
      description={others.length > 1 ? 'Several share them by what each may send.' : undefined}
      data={others.map(({ id, email }) => ({ value: id, label: email }))}
      value={value}
      onChange={onChange}
      data-testid="move-to"
    />
  )
}
