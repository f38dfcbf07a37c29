/** Schedules over HTTP: `emailer_schedules` of the wire. */
import { Type } from 'typebox'
import {
  createSchedule,
  removeSchedule,
  type ScheduleDraft,
  updateSchedule,
} from '../actions/write-schedule.ts'
import { scheduleById, schedulesOf } from '../store/schedules.ts'
import { actorOf } from './actor.ts'
import { refuse } from './errors.ts'
import { IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { EmailerSchedule, WindowOnWire, windowsOf, wireSchedule } from './wire/schedule.ts'

const settings = {
  name: Type.Optional(Type.String({ maxLength: 200 })),
  time_zone: Type.Optional(Type.String({ description: 'An IANA name, such as America/New_York.' })),
  schedule_hash: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: '{"monday": [[9, 17]], ...}: hours of 24 per day; a day that is missing is closed.',
    }),
  ),
  windows: Type.Optional(
    Type.Array(WindowOnWire, {
      maxItems: 200,
      description: 'The same in minutes; wins over schedule_hash.',
    }),
  ),
  use_contacts_time_zone: Type.Optional(Type.Boolean()),
  skip_holidays: Type.Optional(Type.Boolean()),
  holiday_country: Type.Optional(
    Type.Union([Type.String({ maxLength: 10 }), Type.Null()], {
      description: 'Whose public holidays skip_holidays skips: a code such as DE or US. Null: nobody’s.',
    }),
  ),
  holiday_region: Type.Optional(
    Type.Union([Type.String({ maxLength: 20 }), Type.Null()], {
      description: 'A region of that country, such as BY. Null: only what the whole country has.',
    }),
  ),
  extra_holidays: Type.Optional(Type.Array(Type.String({ maxLength: 10 }), { description: 'YYYY-MM-DD.' })),
  default: Type.Optional(Type.Boolean({ description: 'New sequences get this one.' })),
}

const Settings = Type.Object(settings)

function draftOf(input: Type.Static<typeof Settings>): ScheduleDraft {
  return {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.time_zone === undefined ? {} : { timeZone: input.time_zone }),
    ...(input.use_contacts_time_zone === undefined ? {} : { useContactZone: input.use_contacts_time_zone }),
    ...(input.skip_holidays === undefined ? {} : { skipHolidays: input.skip_holidays }),
    ...(input.holiday_country === undefined ? {} : { holidayCountry: input.holiday_country }),
    ...(input.holiday_region === undefined ? {} : { holidayRegion: input.holiday_region }),
    ...(input.extra_holidays === undefined ? {} : { extraHolidays: input.extra_holidays }),
    ...(input.default === undefined ? {} : { isDefault: input.default }),
    ...windowsFrom(input),
  }
}

function windowsFrom({
  windows,
  schedule_hash,
}: Type.Static<typeof Settings>): Pick<ScheduleDraft, 'windows'> {
  if (windows !== undefined)
    return {
      windows: windows.map((window) => ({
        day: window.day,
        opensAtMinute: window.opens_at_minute,
        closesAtMinute: window.closes_at_minute,
      })),
    }
  if (schedule_hash === undefined) return {}
  const read = windowsOf(schedule_hash)
  if ('problem' in read) return refuse(422, read.problem, { parameter: 'schedule_hash' })
  return { windows: read.windows }
}

const scheduling = (call: Call) => ({
  team: call.caller.teamId,
  actor: actorOf(call),
  now: call.now,
  random: call.random,
})

async function shown(call: Call, id: string) {
  const row = await scheduleById(call.db, { team: call.caller.teamId, id })
  return row ? { emailer_schedule: wireSchedule(row, call.now) } : refuse(404, 'Record not found.')
}

/** Half of a setting skips nothing; silence would let somebody count on it. */
async function warned(call: Call, id: string) {
  const answer = await shown(call, id)
  const { skip_holidays: skips, holiday_country: country } = answer.emailer_schedule
  if (skips && country === null)
    call.warn(
      'skip_holidays skips the days of extra_holidays alone until holiday_country says whose public holidays are meant. GET /holidays/countries lists the codes.',
    )
  if (!skips && country !== null)
    call.warn('holiday_country is set, and skip_holidays is off: emails leave on public holidays.')
  return answer
}

const One = Type.Object({ emailer_schedule: EmailerSchedule })

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/emailer_schedules',
    name: 'emailer_schedules/index',
    summary: 'All schedules',
    input: Type.Object({}),
    output: Type.Object({ emailer_schedules: Type.Array(EmailerSchedule) }),
    run: async (_input, call) => ({
      emailer_schedules: (await schedulesOf(call.db, call.caller.teamId)).map((row) =>
        wireSchedule(row, call.now),
      ),
    }),
  }),
  route({
    method: 'POST',
    path: '/emailer_schedules',
    name: 'emailer_schedules/create',
    summary: 'Create a schedule',
    description: 'Without hours it is empty and cannot be attached to a sequence until it has some.',
    input: Settings,
    output: One,
    async run(input, call) {
      return warned(call, allowed(await createSchedule(call.db, scheduling(call), draftOf(input))))
    },
  }),
  route({
    method: 'GET',
    path: '/emailer_schedules/:id',
    name: 'emailer_schedules/show',
    summary: 'One schedule',
    input: Type.Object({ id: IdParameter }),
    output: One,
    run: (input, call) => shown(call, input.id),
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/emailer_schedules/:id',
    name: 'emailer_schedules/update',
    summary: 'Change a schedule',
    description: 'People of its sequences who wait get new moments at once.',
    input: Type.Object({ id: IdParameter, ...settings }),
    output: One,
    async run({ id, ...input }, call) {
      return warned(
        call,
        allowed(await updateSchedule(call.db, scheduling(call), { id, draft: draftOf(input) })),
      )
    },
  }),
  route({
    method: 'DELETE',
    path: '/emailer_schedules/:id',
    name: 'emailer_schedules/destroy',
    summary: 'Delete a schedule that no sequence uses',
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({ emailer_schedule: Type.Object({ id: Type.String(), deleted: Type.Boolean() }) }),
    async run({ id }, call) {
      allowed(await removeSchedule(call.db, scheduling(call), id))
      return { emailer_schedule: { id, deleted: true } }
    },
  }),
]
