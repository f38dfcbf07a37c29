/** The arrows of ARCHITECTURE.md, enforced. One rule per sentence. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [`^src/${from}/`, ...allowed] },
})
const leaves = ['clock', 'random', 'log', 'config', 'render', 'sanitize', 'seal'].map(
  (leaf) => `^src/${leaf}\\.ts$`,
)

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.test\\.tsx?$', '\\.d\\.ts$', '^src/main\\.ts$', 'generated'] },
      to: {},
    },

    only('core-is-pure', 'core', [], 'core imports nothing but core.'),
    {
      name: 'core-no-packages',
      severity: 'error',
      comment: 'core uses no Node API, and of packages only pure ones, each in the one file that needs it.',
      from: { path: '^src/core/', pathNot: '\\.test\\.ts$' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
        pathNot: 'node_modules/(date-holidays|city-timezones|chrono-node|tldts|libphonenumber-js)/',
      },
    },

    only('store-knows-core', 'store', ['^src/core/', ...leaves], 'store imports core.'),
    only('mail-knows-core', 'mail', ['^src/core/', ...leaves], 'mail imports core.'),
    only(
      'actions-know-store',
      'actions',
      ['^src/core/', '^src/store/', '^src/mail/port\\.ts$', ...leaves],
      'actions import core, store and the mail port (types); never a mail client, engine or api.',
    ),
    only(
      'engine-knows-store-and-mail',
      'engine',
      ['^src/core/', '^src/store/', '^src/mail/', ...leaves],
      'engine imports core, store, mail; never actions or api: they meet in the database.',
    ),
    only(
      'api-knows-actions',
      'api',
      ['^src/core/', '^src/store/', '^src/actions/', '^src/mail/port\\.ts$', ...leaves],
      'api imports core, store, actions and the mail port (types); never engine.',
    ),
    {
      name: 'wire-words-stay-at-the-edge',
      severity: 'error',
      comment: 'Only api speaks the wire; the tidy test bans emailer_ elsewhere.',
      from: { path: '^src/', pathNot: '^src/api/' },
      to: { path: '^src/api/wire/' },
    },
    {
      name: 'only-app-opens-drivers',
      severity: 'error',
      comment: 'Everyone else sees the Db interface.',
      from: { path: '^src/', pathNot: ['^src/app\\.ts$', '^src/store/'] },
      to: { path: '^src/store/(postgres|embedded)\\.ts$' },
    },

    { name: 'web-knows-the-api-only', severity: 'error', from: { path: '^web/' }, to: { path: '^src/' } },
    {
      name: 'web-features-are-strangers',
      severity: 'error',
      from: { path: '^web/src/(?!(?:app|ui|lib)/)([^/]+)/' },
      to: { path: '^web/src/(?!(?:app|ui|lib)/)[^/]+/', pathNot: '^web/src/$1/' },
    },
    {
      name: 'web-ui-and-lib-are-leaves',
      severity: 'error',
      from: { path: '^web/src/(ui|lib)/' },
      to: { path: '^web/src/', pathNot: '^web/src/(ui|lib)/' },
    },
    {
      name: 'nobody-imports-web-app',
      severity: 'error',
      from: { path: '^web/src/', pathNot: '^web/src/(app/|main\\.tsx$)' },
      to: { path: '^web/src/app/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js'] },
  },
}
