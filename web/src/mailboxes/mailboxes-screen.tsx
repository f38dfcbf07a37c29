/** Every mailbox as a card, and connecting another. */
import { Button } from '@mantine/core'
import { IconMail, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { mailboxesQuery } from '../lib/mailboxes.ts'
import { useSession } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { counted } from '../lib/words.ts'
import { Page, Toolbar } from '../ui/page.tsx'
import { Notice } from '../ui/problem.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { EmptyState, ErrorState, LoadingBlock } from '../ui/states.tsx'
import { ConnectWizard } from './connect-wizard.tsx'
import { MailboxCard } from './mailbox-card.tsx'
import { MailboxSettings } from './mailbox-settings.tsx'
import classes from './mailboxes.module.css'
import { RemovedMailboxes } from './removed-mailboxes.tsx'

/** From here on a search is worth its room. */
const MANY = 6

export function MailboxesScreen() {
  const { state, set } = useUrl()
  const { clock } = useSession()
  const { data, error, refetch } = useQuery(mailboxesQuery)
  const q = (state['q'] ?? '').toLowerCase()
  const shown = data?.filter((mailbox) =>
    `${mailbox.email} ${mailbox.from_name ?? ''}`.toLowerCase().includes(q),
  )
  const open = data?.find((mailbox) => mailbox.id === state['mailbox'])
  const travels = clock.travel_enabled || clock.travelled
  return (
    <Page
      title="Mailboxes"
      line={data ? `${counted(data.length, 'mailbox', 'mailboxes')} to send from and read.` : ' '}
      actions={
        <Button
          leftSection={<IconPlus size={16} />}
          disabled={travels}
          onClick={() => set({ connect: '1' })}
          data-testid="connect-mailbox"
        >
          Connect a mailbox
        </Button>
      }
    >
      {travels ? (
        <div className={classes.notice}>
          <Notice tone="paused">
            {clock.travelled
              ? 'This Segue has travelled in time, so it connects no real mailbox, ever. Start one with a new data directory for that.'
              : 'Time travel is on, so no real mailbox can be connected. Start Segue without SEGUE_TIME_TRAVEL for that.'}
          </Notice>
        </div>
      ) : null}
      {(data?.length ?? 0) > MANY ? (
        <Toolbar>
          <SearchBox label="Search address, name" />
        </Toolbar>
      ) : null}
      {error && !data ? <ErrorState error={error} onRetry={refetch} /> : null}
      {!data && !error ? <LoadingBlock height={180} /> : null}
      {shown?.length === 0 ? (
        <EmptyState icon={IconMail} title={q ? 'No mailbox matches' : 'No mailbox yet'} />
      ) : null}
      <div className={classes.grid}>
        {shown?.map((mailbox) => (
          <MailboxCard key={mailbox.id} mailbox={mailbox} />
        ))}
      </div>
      <RemovedMailboxes />
      <ConnectWizard
        opened={state['connect'] === '1' && !travels}
        onClose={() => set({ connect: undefined })}
      />
      {open ? (
        <MailboxSettings key={open.id} mailbox={open} onClose={() => set({ mailbox: undefined })} />
      ) : null}
    </Page>
  )
}
