/** Every mail that was read in any mailbox: answers first, and what the rest was taken for, with the evidence. */

import { IconInbox } from '@tabler/icons-react'
import { useCallback } from 'react'
import type { Inbound } from '../lib/api-types.ts'
import { usePaged } from '../lib/paged.ts'
import { type InboundPage, searchInbound } from '../lib/reading.ts'
import { useUrl } from '../lib/url.ts'
import { counted } from '../lib/words.ts'
import { Chips } from '../ui/chips.tsx'
import { MailList } from '../ui/mail-list.tsx'
import { Page, Toolbar } from '../ui/page.tsx'
import { Panes } from '../ui/panes.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { EmptyState } from '../ui/states.tsx'
import { KIND_CHIPS, KindBadge } from './kinds.tsx'
import { Reading } from './reading.tsx'

const rowsOf = (page: InboundPage) => page.inbound

function useInbound() {
  const { state } = useUrl()
  const { q, kind } = state
  const ask = useCallback(
    (page: number, signal: AbortSignal) => searchInbound({ q, kind, page }, signal),
    [q, kind],
  )
  return usePaged<InboundPage, Inbound>({ key: ['inbound', 'list', q, kind], ask, rowsOf, refreshMs: 15_000 })
}

export function InboxScreen() {
  const { state, set } = useUrl()
  const paged = useInbound()
  const open = paged.rows.find((mail) => mail.id === state['mail'])
  const filtered = Boolean(state['q'] || state['kind'])
  return (
    <Page wide fill title="Inbox" line={!paged.first ? ' ' : counted(paged.total, 'mail')}>
      <Toolbar>
        <SearchBox label="Search sender, subject, words" />
        <Chips
          label="Kind"
          chips={KIND_CHIPS}
          chosen={state['kind'] ?? ''}
          onChoose={(kind) => set({ kind: kind || undefined })}
        />
      </Toolbar>
      <Panes
        opened={open !== undefined}
        onBack={() => set({ mail: undefined })}
        list={
          <MailList
            label="Mails"
            paged={paged}
            chosen={state['mail']}
            onChoose={(mail) => set({ mail: mail.id })}
            of={(mail) => ({
              id: mail.id,
              who: mail.from.name || mail.from.email || 'Unknown sender',
              subject: mail.subject,
              excerpt: mail.text,
              at: mail.received_at,
              tag: <KindBadge kind={mail.kind} />,
            })}
            empty={
              <EmptyState icon={IconInbox} title={filtered ? 'No mail matches' : 'No mail yet'}>
                {filtered
                  ? 'Change the search or the kind.'
                  : 'Answers, bounces and automatic replies to your sequences appear here as soon as a mailbox is read.'}
              </EmptyState>
            }
          />
        }
      >
        {open ? <Reading mail={open} /> : <EmptyState title="Choose a mail to read it" />}
      </Panes>
    </Page>
  )
}
