/** The sandbox as a mail client: what arrived there, as the recipient sees it, and answering as that person. */
import { IconFlask } from '@tabler/icons-react'
import { useCallback } from 'react'
import type { SandboxMail } from '../lib/api-types.ts'
import { usePaged } from '../lib/paged.ts'
import { type SandboxPage, searchSandbox } from '../lib/reading.ts'
import { useUrl } from '../lib/url.ts'
import { counted } from '../lib/words.ts'
import { AppLink } from '../ui/link.tsx'
import { MailList } from '../ui/mail-list.tsx'
import { Page, Toolbar } from '../ui/page.tsx'
import { Panes } from '../ui/panes.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { EmptyState } from '../ui/states.tsx'
import { OpenMail } from './open-mail.tsx'

const rowsOf = (page: SandboxPage) => page.mails

function useMails() {
  const { state } = useUrl()
  const { q } = state
  const ask = useCallback((page: number, signal: AbortSignal) => searchSandbox(q, page, signal), [q])
  return usePaged<SandboxPage, SandboxMail>({ key: ['sandbox', 'list', q], ask, rowsOf, refreshMs: 5_000 })
}

const tagOf = (mail: SandboxMail) => {
  if (mail.direction === 'answer') return <StateBadge state="replied" word="Answer" />
  return mail.answered ? <StateBadge state="finished" word="Answered" /> : null
}

export function SandboxScreen() {
  const { state, set } = useUrl()
  const paged = useMails()
  const id = state['mail']
  return (
    <Page
      wide
      fill
      title="Sandbox"
      line={
        !paged.first
          ? ' '
          : `${counted(paged.total, 'mail')}. They went over real SMTP to a server inside Segue; nobody outside gets them.`
      }
    >
      <Toolbar>
        <SearchBox label="Search recipient, subject" />
      </Toolbar>
      <Panes
        opened={id !== undefined}
        onBack={() => set({ mail: undefined })}
        list={
          <MailList
            label="Mails in the sandbox"
            paged={paged}
            chosen={id}
            onChoose={(mail) => set({ mail: mail.id })}
            of={(mail) => ({
              id: mail.id,
              who: mail.direction === 'answer' ? `${mail.from}` : mail.to,
              subject: mail.subject,
              at: mail.received_at,
              tag: tagOf(mail),
            })}
            empty={
              <EmptyState icon={IconFlask} title={state['q'] ? 'No mail matches' : 'No mail has arrived yet'}>
                {state['q'] ? (
                  'Change the search.'
                ) : (
                  <>
                    Add people to a sequence from the sandbox mailbox and turn it on.{' '}
                    <AppLink to="/sequences">Open the sequences</AppLink>
                  </>
                )}
              </EmptyState>
            }
          />
        }
      >
        {id ? (
          <OpenMail key={id} id={id} />
        ) : (
          <EmptyState title="Choose a mail to read it as its recipient" />
        )}
      </Panes>
    </Page>
  )
}
