/** Everything that people do, and how often in proportion. */
import {
  deleteSomebody,
  editAccount,
  editContact,
  editLimits,
  editSchedule,
  editSteps,
  editWording,
} from './edits.ts'
import {
  type Act,
  activate,
  archive,
  deactivate,
  endSuspensions,
  importSuppressions,
  pause,
  reconnect,
  removeAndAddAgain,
  resolve,
  resume,
  stopAs,
  writeByHand,
} from './people.ts'
import { editSnippet, swapFile } from './snippets-and-files.ts'
import { makeCalls, sendDrafts } from './tasks.ts'
import { mergeTwo } from './team-changes.ts'
import { giveAway } from './whose-mail.ts'

export const ACTS: readonly (readonly [string, number, Act])[] = [
  ['pause', 10, pause],
  ['resume', 14, resume],
  ['mark as finished', 3, stopAs('mark_as_finished')],
  ['stop', 2, stopAs('stop')],
  ['remove', 2, stopAs('remove')],
  ['remove and add again', 3, removeAndAddAgain],
  ['deactivate', 4, deactivate],
  ['activate', 9, activate],
  ['archive', 1, archive],
  ['edit wording', 6, editWording],
  ['edit steps', 4, editSteps],
  ['edit snippet', 3, editSnippet],
  ['swap a file', 4, swapFile],
  ['edit schedule', 3, editSchedule],
  ['edit limits', 4, editLimits],
  ['edit contact', 7, editContact],
  ['delete contact', 2, deleteSomebody],
  ['merge contacts', 4, mergeTwo],
  ['edit account', 3, editAccount],
  ['import suppressions', 3, importSuppressions],
  ['resolve unknown', 7, resolve],
  ['reconnect', 7, reconnect],
  ['end a suspension', 7, endSuspensions],
  ['write by hand', 2, writeByHand],
  ['make calls', 8, makeCalls],
  ['send drafts off', 12, sendDrafts],
  ['give a mail to somebody else', 3, giveAway],
]
