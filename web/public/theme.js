// Sets the color scheme before the first paint, so that a dark page never flashes white. A file of its own: inline scripts are forbidden.
;(() => {
  const stored = localStorage.getItem('mantine-color-scheme-value')
  const wantsDark = window.matchMedia('(prefers-color-scheme: dark)').matches
  const scheme = stored === 'light' || stored === 'dark' ? stored : wantsDark ? 'dark' : 'light'
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme)
})()
