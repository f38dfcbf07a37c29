/** The state of anything, everywhere: one color, one icon and one word. */
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCircleCheck,
  IconClock,
  IconHandStop,
  IconHelp,
  IconMailX,
  IconPlayerPause,
  IconPlayerPlay,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import classes from './state-badge.module.css'

type Tone = 'active' | 'paused' | 'finished' | 'replied' | 'failed' | 'held' | 'scheduled'
type Look = { word: string; tone: Tone; icon: ComponentType<{ size?: number; stroke?: number }> }

const LOOKS: Record<string, Look> = {
  active: { word: 'Active', tone: 'active', icon: IconPlayerPlay },
  connected: { word: 'Connected', tone: 'replied', icon: IconCircleCheck },
  paused: { word: 'Paused', tone: 'paused', icon: IconPlayerPause },
  near_limit: { word: 'Near its limit', tone: 'paused', icon: IconAlertTriangle },
  inactive: { word: 'Off', tone: 'finished', icon: IconPlayerPause },
  archived: { word: 'Archived', tone: 'finished', icon: IconCircleCheck },
  finished: { word: 'Finished', tone: 'finished', icon: IconCircleCheck },
  replied: { word: 'Replied', tone: 'replied', icon: IconArrowBackUp },
  bounced: { word: 'Bounced', tone: 'failed', icon: IconMailX },
  failed: { word: 'Failed', tone: 'failed', icon: IconAlertTriangle },
  held: { word: 'Held', tone: 'held', icon: IconHandStop },
  scheduled: { word: 'Scheduled', tone: 'scheduled', icon: IconClock },
  drafted: { word: 'Draft', tone: 'scheduled', icon: IconClock },
  completed: { word: 'Sent', tone: 'active', icon: IconCircleCheck },
  delivered: { word: 'Sent', tone: 'active', icon: IconCircleCheck },
  unknown: { word: 'In doubt', tone: 'failed', icon: IconHelp },
  not_sent: { word: 'Not sent', tone: 'failed', icon: IconAlertTriangle },
  claimed: { word: 'Leaving', tone: 'scheduled', icon: IconClock },
  queued: { word: 'Scheduled', tone: 'scheduled', icon: IconClock },
  requeued: { word: 'Sent again', tone: 'scheduled', icon: IconClock },
  deferred: { word: 'Tried again later', tone: 'scheduled', icon: IconClock },
  unreachable: { word: 'Tried again later', tone: 'scheduled', icon: IconClock },
  unauthenticated: { word: 'Waits for the mailbox', tone: 'paused', icon: IconClock },
  cancelled: { word: 'Cancelled', tone: 'finished', icon: IconCircleCheck },
  unchecked: { word: 'Not checked', tone: 'paused', icon: IconClock },
  disconnected: { word: 'Disconnected', tone: 'failed', icon: IconAlertTriangle },
  opted_out: { word: 'Opted out', tone: 'finished', icon: IconHandStop },
  uploaded: { word: 'Ready', tone: 'scheduled', icon: IconClock },
  running: { word: 'Running', tone: 'active', icon: IconPlayerPlay },
  done: { word: 'Done', tone: 'replied', icon: IconCircleCheck },
}

export const wordFor = (state: string) => LOOKS[state]?.word ?? state.replaceAll('_', ' ')
export const toneFor = (state: string): Tone => LOOKS[state]?.tone ?? 'scheduled'

/** `word` overrides the state's own word where a screen knows a truer one. */
export function StateBadge({ state, word }: { state: string; word?: string }) {
  const look = LOOKS[state] ?? { word: wordFor(state), tone: 'scheduled' as const, icon: IconClock }
  const Icon = look.icon
  return (
    <span className={classes.badge} data-tone={look.tone} data-state={state}>
      <Icon size={13} stroke={2} aria-hidden />
      {word ?? look.word}
    </span>
  )
}

/** The color alone, for charts that carry their words elsewhere. */
export const solidOf = (state: string) => `var(--sg-${toneFor(state)}-solid)`
