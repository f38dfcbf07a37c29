/** One sequence: how it stands in a line, and its steps, people, settings and activity as tabs. */
import { Box, Button, Tabs } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Sequence, SequenceDetail } from '../lib/sequence-types.ts'
import { sequenceQuery } from '../lib/sequences.ts'
import { useGo, useParam, useUrl } from '../lib/url.ts'
import { counted, number } from '../lib/words.ts'
import { Instant } from '../ui/instant.tsx'
import { Page } from '../ui/page.tsx'
import { Notice, Problem } from '../ui/problem.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import { ActiveSwitch } from './active-switch.tsx'
import { ActivityTab } from './activity-tab.tsx'
import { AddPeople } from './add-people.tsx'
import { titleOf } from './names.ts'
import { PeopleTab } from './people-tab.tsx'
import { SequenceTitle } from './sequence-title.tsx'
import { SettingsTab } from './settings-tab.tsx'
import { StepsTab } from './steps-tab.tsx'

export function SequenceScreen() {
  const id = useParam('sequenceId')
  const { data, error, refetch } = useQuery(sequenceQuery(id))
  if (error && !data)
    return (
      <Page title="Sequence">
        <ErrorState error={error} onRetry={refetch} />
      </Page>
    )
  if (!data)
    return (
      <Page title="Sequence" line=" " wide>
        <LoadingBlock height={320} />
      </Page>
    )
  return <One key={id} detail={data} />
}

function One({ detail }: { detail: SequenceDetail }) {
  const sequence = detail.emailer_campaign
  const { state, set } = useUrl()
  return (
    <Page
      wide
      name={titleOf(sequence)}
      title={<SequenceTitle sequence={sequence} />}
      line={<Now sequence={sequence} />}
      actions={
        <>
          <ActiveSwitch sequence={sequence} />
          {sequence.archived ? null : (
            <Button
              leftSection={<IconUserPlus size={16} />}
              onClick={() => set({ add: '1' })}
              data-testid="add-people"
            >
              Add people
            </Button>
          )}
        </>
      }
    >
      <AddPeople sequence={sequence} opened={state['add'] === '1'} onClose={() => set({ add: undefined })} />
      {sequence.auto_paused_at ? (
        <Box mb="md">
          <Problem>
            Turned off by itself <Instant at={sequence.auto_paused_at} />: {sequence.auto_pause_words}. Find
            out why (the bounces say it), then turn it on; what came back until now counts no more.
          </Problem>
        </Box>
      ) : null}
      {sequence.reputation_warning ? (
        <Box mb="md" data-testid="reputation-warning">
          <Notice tone="paused">
            {sequence.reputation_warning} Look at who bounced, and mend the list before more is sent.
          </Notice>
        </Box>
      ) : null}
      <TabBar detail={detail} />
    </Page>
  )
}

/** One line that says what this is now. */
function Now({ sequence }: { sequence: Sequence }) {
  const { people } = sequence
  if (sequence.archived) return 'Archived. It sends nothing.'
  const parts: ReactNode[] = [
    people.total === 0
      ? 'Nobody in it yet'
      : `${counted(people.total, 'person', 'people')} in it, ${number(people.active)} under way`,
    people.replied > 0 ? `, ${number(people.replied)} replied` : '',
    people.held > 0 ? `, ${number(people.held)} held` : '',
    '. ',
  ]
  if (!sequence.active) parts.push('Off: nothing leaves.')
  else if (sequence.next_send_at)
    parts.push('Next send ', <Instant key="next" at={sequence.next_send_at} />, '.')
  // Whoever is under way without an email to come has a task before it.
  else parts.push(people.active > 0 ? 'No email before a task is done.' : 'Nothing is planned now.')
  return <span data-testid="sequence-now">{parts}</span>
}

const TABS = [
  { value: 'steps', word: 'Steps' },
  { value: 'people', word: 'People' },
  { value: 'settings', word: 'Settings' },
  { value: 'activity', word: 'Activity' },
]

function TabBar({ detail }: { detail: SequenceDetail }) {
  const sequence = detail.emailer_campaign
  const tab = useParam('tab') || 'steps'
  const go = useGo()
  return (
    <Tabs
      value={tab}
      onChange={(next) =>
        go(next === 'steps' || !next ? `/sequences/${sequence.id}` : `/sequences/${sequence.id}/${next}`)
      }
      keepMounted={false}
    >
      <Tabs.List mb="md">
        {TABS.map(({ value, word }) => (
          <Tabs.Tab key={value} value={value} data-testid={`tab-${value}`}>
            {word}
            {value === 'people' && sequence.people.total > 0 ? (
              <span className="sg-quiet"> {number(sequence.people.total)}</span>
            ) : null}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="steps">
        <StepsTab detail={detail} />
      </Tabs.Panel>
      <Tabs.Panel value="people">
        <PeopleTab sequence={sequence} />
      </Tabs.Panel>
      <Tabs.Panel value="settings">
        <SettingsTab sequence={sequence} />
      </Tabs.Panel>
      <Tabs.Panel value="activity">
        <ActivityTab sequenceId={sequence.id} />
      </Tabs.Panel>
    </Tabs>
  )
}
