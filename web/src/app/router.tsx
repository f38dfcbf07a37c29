/** Every address of the page and the screen it shows, each in a file of its own that is fetched when first needed. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { parseSearch, stringifySearch } from '../lib/url.ts'
import { AppLink } from '../ui/link.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Gate } from './gate.tsx'

const root = createRootRoute({ component: Gate, notFoundComponent: NotFound })

const at = (path: string, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component })

const routes = [
  at(
    '/',
    lazyRouteComponent(() => import('../home/home-screen.tsx'), 'HomeScreen'),
  ),
  at(
    '/in-doubt',
    lazyRouteComponent(() => import('../home/in-doubt-screen.tsx'), 'InDoubtScreen'),
  ),
  at(
    '/sequences',
    lazyRouteComponent(() => import('../sequences/list-screen.tsx'), 'SequencesScreen'),
  ),
  at(
    '/sequences/$sequenceId/{-$tab}',
    lazyRouteComponent(() => import('../sequences/sequence-screen.tsx'), 'SequenceScreen'),
  ),
  at(
    '/people',
    lazyRouteComponent(() => import('../people/list-screen.tsx'), 'PeopleScreen'),
  ),
  at(
    '/people/import',
    lazyRouteComponent(() => import('../people/imports-screen.tsx'), 'ImportsScreen'),
  ),
  at(
    '/people/import/$importId',
    lazyRouteComponent(() => import('../people/import-screen.tsx'), 'ImportScreen'),
  ),
  at(
    '/people/$personId',
    lazyRouteComponent(() => import('../people/person-screen.tsx'), 'PersonScreen'),
  ),
  at(
    '/inbox',
    lazyRouteComponent(() => import('../inbox/inbox-screen.tsx'), 'InboxScreen'),
  ),
  at(
    '/tasks',
    lazyRouteComponent(() => import('../tasks/tasks-screen.tsx'), 'TasksScreen'),
  ),
  at(
    '/reports',
    lazyRouteComponent(() => import('../reports/reports-screen.tsx'), 'ReportsScreen'),
  ),
  at(
    '/mailboxes',
    lazyRouteComponent(() => import('../mailboxes/mailboxes-screen.tsx'), 'MailboxesScreen'),
  ),
  at(
    '/sandbox',
    lazyRouteComponent(() => import('../sandbox/sandbox-screen.tsx'), 'SandboxScreen'),
  ),
  at(
    '/settings/{-$section}',
    lazyRouteComponent(() => import('../settings/settings-screen.tsx'), 'SettingsScreen'),
  ),
]

export const router = createRouter({
  routeTree: root.addChildren(routes),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: Failed,
})

function NotFound() {
  return (
    <Page title="Nothing here">
      <EmptyState title="This address shows nothing" action={<AppLink to="/">Go to Home</AppLink>}>
        It may have been typed wrong, or what it showed was removed.
      </EmptyState>
    </Page>
  )
}

function Failed({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <Page title="Something failed">
      <ErrorState error={error} onRetry={reset} />
    </Page>
  )
}
