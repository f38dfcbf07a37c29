/** All that a decision depends on, compact enough to be kept with the message it led to. The store reads it in one statement. */
import type { Instant } from './clock.ts'
import type { Wait } from './due.ts'
import type { EnrollmentState } from './enrollment.ts'
import type { Id, TeamId } from './ids.ts'
import type { MailboxPace } from './pacing.ts'
import type { HoldReason } from './reason.ts'
import type { Schedule } from './schedule.ts'
import type { Thread } from './sequence.ts'

export interface Facts {
  team: { id: TeamId; fenced: string | null; staleAfterMs: number }
  sequence: {
    id: Id
    name: string
    active: boolean
    archived: boolean
    /** First activation; the first wait starts here or at enrollment, whichever is later. */
    activatedAt: Instant | null
    /** No gate: kept with the message, since the setting may be another when the ledger is read again. */
    finishOnReply: boolean
    excludedContactStageIds: readonly Id[]
    excludedAccountStageIds: readonly Id[]
    cap: Cap | null
  }
  step: {
    id: Id
    kind: string
    position: number
    first: boolean
    wait: Wait
    /** The date that it is meant for; null when it waits. */
    exactAt: Instant | null
    deleted: boolean
    /** A task of it that nobody ends is skipped after so many days; null or 0: never. */
    autoSkipDays: number | null
    cap: Cap | null
    variant: { id: Id; approved: boolean; thread: Thread } | null
  }
  schedule: Schedule | null
  enrollment: {
    id: Id
    /** The id that the next email has had since its step became current. */
    messageId: Id
    state: EnrollmentState
    hold: HoldReason | null
    rank: number
    dueAt: Instant | null
    addedAt: Instant
    enteredStepAt: Instant
    /** The end of the wait of its step; gates may have moved `dueAt` behind it. */
    waitEndsAt: Instant
    /** When its lane was last served: waiting in a mailbox's queue is not being overdue. */
    laneServedAt: Instant
  }
  contact: {
    id: Id
    address: string | null
    addressProblem: string | null
    stageId: Id | null
    stageName: string | null
    zone: string | null
    deleted: boolean
  }
  /** The open task of this step. `approved`: the person has sent the draft off. */
  task: { id: Id; approved: boolean } | null
  account: { id: Id; stageId: Id | null; stageName: string | null } | null
  /** Somebody else of the company has answered, and the sequence minds; null: nobody, or it goes on regardless. */
  companyReply: CompanyReply | null
  suppression: { kind: 'address' | 'domain' | 'hash'; value: string; reason: string } | null
  /** What the team may send to the company of the contact; null: no cap, or no company. */
  caps: { domain: CompanyCap | null; account: CompanyCap | null }
  /** Names of the variables without a value in the wording of this step; null when it was not rendered. */
  missing: readonly string[] | null
  /**
   * The email that a reply in the same thread answers. `continues`: it went from this mailbox to this address; otherwise the next
   * email opens a new thread. `reading`: the inbox in which its answers arrive, if it went from another mailbox that is still read.
   */
  parent: {
    id: Id
    rfcId: string
    sentAt: Instant
    continues: boolean
    reading: Facts['reading'] | null
  } | null
  mailbox: {
    id: Id
    address: string
    connected: boolean
    stateReason: string | null
    /** Too much of what it sent came back, in words; null while it may send. */
    suspendedFor: string | null
    /** Its server did not answer: tried again at this time. */
    pausedUntil: Instant | null
    problem: string | null
    pace: MailboxPace
  }
  /** The mailbox that reads the replies: this one, or for a relay another. */
  reading: { address: string; readAt: Instant | null; problem: string | null }
}

/** The latest answer of somebody else that matters to an enrollment. */
export interface CompanyReply {
  rule: 'delay' | 'stop'
  delayDays: number
  at: Instant
  /** Who was written to, as people call them. */
  who: string
  /** As people call it. */
  company: string
}

/** A daily cap, and how much of it is used on the day that `now` falls on in the schedule's zone. */
export interface Cap {
  limit: number
  used: number
  /** The day, as YYYY-MM-DD: the key of its counter. */
  day: string
  /** When the next day begins. */
  resetsAt: Instant
  /** Some of it is claimed and not sent yet: it may be given back, which wakes nobody else, so look again then. Null: all of it was sent. */
  looseUntil: Instant | null
}

/** A cap on what one company gets: `day` is the day itself, or the Monday of its week. */
export interface CompanyCap extends Cap {
  /** The domain, or the id of the account. */
  key: string
  /** As people call it. */
  name: string
}
