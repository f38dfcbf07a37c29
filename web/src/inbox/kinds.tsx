/** What a mail was taken for, in words. */
import { StateBadge } from '../ui/state-badge.tsx'

const KINDS: Record<string, { word: string; state: string }> = {
  reply: { word: 'Reply', state: 'replied' },
  auto_reply: { word: 'Automatic reply', state: 'scheduled' },
  out_of_office: { word: 'Out of office', state: 'paused' },
  bounce: { word: 'Bounce', state: 'bounced' },
  complaint: { word: 'Spam report', state: 'failed' },
  opt_out: { word: 'Opt-out', state: 'opted_out' },
  human_outbound: { word: 'Written by hand', state: 'held' },
  delivered: { word: 'Delivery notice', state: 'scheduled' },
  other: { word: 'Other', state: 'scheduled' },
}

export const KIND_CHIPS = [
  { value: '', label: 'All' },
  { value: 'reply', label: 'Replies', state: 'replied' },
  { value: 'out_of_office', label: 'Out of office', state: 'paused' },
  { value: 'auto_reply', label: 'Automatic', state: 'scheduled' },
  { value: 'bounce', label: 'Bounces', state: 'bounced' },
  { value: 'opt_out', label: 'Opt-outs', state: 'finished' },
  { value: 'complaint', label: 'Spam reports', state: 'failed' },
]

export function KindBadge({ kind }: { kind: string }) {
  const known = KINDS[kind]
  return <StateBadge state={known?.state ?? 'scheduled'} word={known?.word ?? kind.replaceAll('_', ' ')} />
}
