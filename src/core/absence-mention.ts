/** A day, or a stretch of days, that a text mentions: where it stands, and which day it makes the first one back. */
import type { AbsenceLanguage, DayWord } from './absence-words.ts'
import type { LocalDay } from './zone.ts'

export type MentionKind = 'date' | 'weekday' | DayWord | 'week'

/** A place in a text that means a day or a stretch of days. */
export interface Mention {
  kind: MentionKind
  start: number
  end: number
  /** The first day back, if this is said to be the return. */
  back: LocalDay
  /** The first day back, if this is said to be the end of the absence. */
  after: LocalDay
  /** Could a reader take another day from it? One answer for each of the two. */
  backSure: boolean
  afterSure: boolean
  range: boolean
  yearWritten: boolean
  /** Endings that say what the day is for, where they hang on a weekday that is part of the mention: `keddig`. */
  tail?: string
  /** Of digits that are two dates: the one by day and month, the one by month and day. */
  readings?: readonly [LocalDay, LocalDay]
}

/** Whether the dates of digits in a note put the day or the month first; null when nothing settles it. */
export type Order = 'dmy' | 'mdy' | null

export interface Reading {
  language: AbsenceLanguage
  /** The day on which the note is read. */
  today: LocalDay
  order: Order
}

/** One date, as it was found. */
export function plainMention(match: RegExpExecArray, date: LocalDay, yearWritten: boolean): Mention {
  return {
    kind: 'date',
    start: match.index,
    end: match.index + match[0].length,
    back: date,
    after: date + 1,
    backSure: true,
    afterSure: true,
    range: false,
    yearWritten,
  }
}
