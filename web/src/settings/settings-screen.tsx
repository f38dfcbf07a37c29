/** What holds for the whole team, a section each. */
import { useParam } from '../lib/url.ts'
import { AppLink } from '../ui/link.tsx'
import { Page } from '../ui/page.tsx'
import { CallOutcomes } from './call-outcomes.tsx'
import { DoNotContact } from './do-not-contact.tsx'
import { Keys } from './keys.tsx'
import { Schedules } from './schedules.tsx'
import classes from './settings.module.css'
import { SnippetsAndFiles } from './snippets.tsx'
import { TeamSection } from './team-section.tsx'

const SECTIONS = [
  {
    key: 'team',
    word: 'Team',
    line: 'Who you are, to your colleagues and to those you write to.',
    shows: TeamSection,
  },
  { key: 'schedules', word: 'Schedules', line: 'When mails may leave.', shows: Schedules },
  {
    key: 'do-not-contact',
    word: 'Do not contact',
    line: 'Addresses and domains that are never written to, in any sequence.',
    shows: DoNotContact,
  },
  {
    key: 'snippets',
    word: 'Snippets and files',
    line: 'What several emails share: texts that are put in by name, and files that are carried along.',
    shows: SnippetsAndFiles,
  },
  {
    key: 'calls',
    word: 'Calls',
    line: 'What a call can come to, and what that does to the person who was called.',
    shows: CallOutcomes,
  },
  { key: 'keys', word: 'API keys', line: 'What programs use to act for the team.', shows: Keys },
]

export function SettingsScreen() {
  const key = useParam('section') || 'team'
  const section = SECTIONS.find((each) => each.key === key) ?? SECTIONS[0]
  if (!section) return null
  const Shows = section.shows
  return (
    <Page title="Settings" name={section.word} line={section.line}>
      <div className={classes.split}>
        <nav className={classes.nav} aria-label="Settings">
          {SECTIONS.map((each) => (
            <AppLink
              key={each.key}
              to={`/settings/${each.key}`}
              plain
              className={classes.item ?? ''}
              data-here={each === section || undefined}
            >
              {each.word}
            </AppLink>
          ))}
        </nav>
        <div className={classes.content}>
          <Shows />
        </div>
      </div>
    </Page>
  )
}
