/** Every route of the API, one line per resource. The order is that of `openapi.json`; it decides nothing else. */
import * as accountBulk from './account-bulk.ts'
import * as accountSearch from './account-search.ts'
import * as accounts from './accounts.ts'
import * as apiKeys from './api-keys.ts'
import * as attachments from './attachments.ts'
import * as callOutcomes from './call-outcomes.ts'
import * as clock from './clock.ts'
import * as contactBulk from './contact-bulk.ts'
import * as contactMerge from './contact-merge.ts'
import * as contactSearch from './contact-search.ts'
import * as contactTimeline from './contact-timeline.ts'
import * as contacts from './contacts.ts'
import * as deployability from './deployability.ts'
import * as emailAccounts from './email-accounts.ts'
import * as emailerSteps from './emailer-steps.ts'
import * as emailerTemplates from './emailer-templates.ts'
import * as emailerTouches from './emailer-touches.ts'
import * as enrollments from './enrollments.ts'
import * as fields from './fields.ts'
import * as health from './health.ts'
import * as holidays from './holidays.ts'
import * as home from './home.ts'
import * as imports from './imports.ts'
import * as inbound from './inbound.ts'
import * as labels from './labels.ts'
import * as mailboxRemoval from './mailbox-removal.ts'
import * as messageActivities from './message-activities.ts'
import * as messageReads from './message-reads.ts'
import * as messages from './messages.ts'
import * as notes from './notes.ts'
import * as oauth from './oauth.ts'
import * as phoneCalls from './phone-calls.ts'
import * as removedMailboxes from './removed-mailboxes.ts'
import * as reports from './reports.ts'
import type { Route } from './route.ts'
import * as sandbox from './sandbox.ts'
import * as schedules from './schedules.ts'
import * as sequenceActivity from './sequence-activity.ts'
import * as sequenceEnrollment from './sequence-enrollment.ts'
import * as sequencePreview from './sequence-preview.ts'
import * as sequenceSearch from './sequence-search.ts'
import * as sequenceState from './sequence-state.ts'
import * as sequences from './sequences.ts'
import * as session from './session.ts'
import * as setup from './setup.ts'
import * as snippets from './snippets.ts'
import * as stages from './stages.ts'
import * as suppressions from './suppressions.ts'
import * as taskEnds from './task-ends.ts'
import * as tasks from './tasks.ts'
import * as team from './team.ts'
import * as usageStats from './usage-stats.ts'
import * as userDeletion from './user-deletion.ts'
import * as users from './users.ts'

const declared: readonly Route[] = [
  ...health.routes,
  ...users.routes,
  ...userDeletion.routes,
  ...setup.routes,
  ...session.routes,
  ...team.routes,
  ...apiKeys.routes,
  ...clock.routes,
  ...home.routes,
  ...contactSearch.routes,
  ...contacts.routes,
  ...contactBulk.routes,
  ...contactMerge.routes,
  ...contactTimeline.routes,
  ...accountSearch.routes,
  ...accountBulk.routes,
  ...accounts.routes,
  ...fields.routes,
  ...stages.routes,
  ...callOutcomes.routes,
  ...phoneCalls.routes,
  ...notes.routes,
  ...labels.routes,
  ...imports.routes,
  ...suppressions.routes,
  ...sequenceSearch.routes,
  ...sequences.routes,
  ...sequenceState.routes,
  ...emailerSteps.routes,
  ...emailerTouches.routes,
  ...emailerTemplates.routes,
  ...sequenceEnrollment.routes,
  ...deployability.routes,
  ...sequenceActivity.routes,
  ...sequencePreview.routes,
  ...snippets.routes,
  ...attachments.routes,
  ...reports.routes,
  ...enrollments.routes,
  ...messageActivities.routes,
  ...messages.routes,
  ...messageReads.routes,
  ...tasks.routes,
  ...taskEnds.routes,
  ...schedules.routes,
  ...holidays.routes,
  ...emailAccounts.routes,
  ...mailboxRemoval.routes,
  ...removedMailboxes.routes,
  ...oauth.routes,
  ...sandbox.routes,
  ...inbound.routes,
]

export const routes: readonly Route[] = [...declared, ...usageStats.routesFor(declared)]
