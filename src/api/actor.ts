/** Who did it, as activities name them. */
import type { Call } from './route.ts'

/** `user:<id>` for a person in the page, `key:<id of the person it acts as>` for a program. */
export function actorOf({ caller }: Call): string {
  return `${caller.via === 'key' ? 'key' : 'user'}:${caller.userId}`
}

/** Who makes or changes contacts and accounts: people at the page "manually", programs by the API. */
export function writerOf({ caller, now, random }: Call) {
  return {
    team: caller.teamId,
    userId: caller.userId,
    source: caller.via === 'key' ? 'api' : 'manual',
    now,
    random,
  }
}
