/** What `app.ts` registers with the queue of side jobs: each name and the action behind it. */
import { isId } from '../core/ids.ts'
import { IMPORT_JOB, type Importing, runImport } from './run-import.ts'

export interface JobHandler {
  /** Throws to be tried again. */
  run(data: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void>
}

export function jobHandlers(context: Omit<Importing, 'signal'>): Record<string, JobHandler> {
  return {
    [IMPORT_JOB]: {
      async run({ team, id }, signal) {
        if (typeof team !== 'number' || !isId(id)) throw new TypeError('an import job without its team or id')
        await runImport({ team, id }, { ...context, signal })
      },
    },
  }
}
