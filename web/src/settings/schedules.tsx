/** Schedules: windows of the week in a zone. */
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Schedule } from '../lib/api-types.ts'
import { deleteSchedule, schedulesQuery } from '../lib/mailboxes.ts'
import { dateInWords, zoneName } from '../lib/time.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Section } from '../ui/page.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { ScheduleForm } from './schedule-form.tsx'
import classes from './settings.module.css'
import { windowsInWords } from './windows.ts'

export function Schedules() {
  const { data, error, refetch } = useQuery(schedulesQuery)
  const [editing, setEditing] = useState<Schedule | 'new'>()
  return (
    <Section
      title="Schedules"
      actions={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => setEditing('new')}
          data-testid="new-schedule"
        >
          New schedule
        </Button>
      }
    >
      {error && !data ? <ErrorState error={error} onRetry={refetch} /> : null}
      {!data && !error ? <LoadingRows rows={2} /> : null}
      {data?.map((schedule) => (
        <Row key={schedule.id} schedule={schedule} onEdit={() => setEditing(schedule)} />
      ))}
      {editing ? (
        <ScheduleForm
          schedule={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      ) : null}
    </Section>
  )
}

function nextHoliday({ skip_holidays, upcoming_holidays: [next] }: Schedule): string {
  if (!skip_holidays) return ''
  return next ? `; closed on holidays, next ${dateInWords(next.date)} (${next.name})` : '; closed on holidays'
}

function Row({ schedule, onEdit }: { schedule: Schedule; onEdit: () => void }) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const remove = async () => {
    await deleteSchedule(schedule.id)
    await queries.invalidateQueries({ queryKey: schedulesQuery.queryKey })
  }
  return (
    <div className={classes.row}>
      <div className={classes.what}>
        <strong>{schedule.name}</strong>{' '}
        {schedule.default ? <span className="sg-quiet">for new sequences</span> : null}
        <div className="sg-quiet">
          {schedule.always ? 'Any hour, any day' : windowsInWords(schedule.windows)},{' '}
          {schedule.use_contacts_time_zone
            ? `in the contact's zone, else ${zoneName(schedule.time_zone)}`
            : zoneName(schedule.time_zone)}
          {nextHoliday(schedule)}
        </div>
      </div>
      {schedule.always ? null : (
        <div className={classes.acts}>
          <Button size="compact-sm" variant="default" onClick={onEdit}>
            Change
          </Button>
          {schedule.default ? null : (
            <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
              Remove
            </Button>
          )}
        </div>
      )}
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Remove ${schedule.name}?`}
        verb="Remove"
        danger
        onConfirm={remove}
      >
        A schedule that a sequence still uses cannot be removed.
      </Confirm>
    </div>
  )
}
