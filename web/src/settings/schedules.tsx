/** Schedules: windows of the week in a zone. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Schedule } from '../lib/api-types.ts'
import { deleteSchedule, schedulesQuery } from '../lib/mailboxes.ts'
import { dateInWords, zoneName } from '../lib/time.ts'
import { AddButton, EndButton, RecordRow, Records } from './records.tsx'
import { ScheduleForm } from './schedule-form.tsx'
import { windowsInWords } from './windows.ts'

export function Schedules() {
  const { data, error, refetch } = useQuery(schedulesQuery)
  const [editing, setEditing] = useState<Schedule | 'new'>()
  return (
    <Records
      title="Schedules"
      actions={<AddButton word="New schedule" onClick={() => setEditing('new')} testId="new-schedule" />}
      records={data}
      error={error}
      onRetry={refetch}
      row={(schedule) => <Row key={schedule.id} schedule={schedule} onEdit={() => setEditing(schedule)} />}
    >
      {editing ? (
        <ScheduleForm
          schedule={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      ) : null}
    </Records>
  )
}

function nextHoliday({ skip_holidays, upcoming_holidays: [next] }: Schedule): string {
  if (!skip_holidays) return ''
  return next ? `; closed on holidays, next ${dateInWords(next.date)} (${next.name})` : '; closed on holidays'
}

function Row({ schedule, onEdit }: { schedule: Schedule; onEdit: () => void }) {
  const { id, name } = schedule
  return (
    <RecordRow
      what={
        <>
          <strong>{name}</strong>{' '}
          {schedule.default ? <span className="sg-quiet">for new sequences</span> : null}
          <div className="sg-quiet">
            {schedule.always ? 'Any hour, any day' : windowsInWords(schedule.windows)},{' '}
            {schedule.use_contacts_time_zone
              ? `in the contact's zone, else ${zoneName(schedule.time_zone)}`
              : zoneName(schedule.time_zone)}
            {nextHoliday(schedule)}
          </div>
        </>
      }
      acts={
        schedule.always ? null : (
          <>
            <Button size="compact-sm" variant="default" onClick={onEdit} aria-label={`Change ${name}`}>
              Change
            </Button>
            {schedule.default ? null : (
              <EndButton
                verb="Remove"
                name={name}
                end={() => deleteSchedule(id)}
                queryKey={schedulesQuery.queryKey}
              >
                A schedule that a sequence still uses cannot be removed.
              </EndButton>
            )}
          </>
        )
      }
    />
  )
}
