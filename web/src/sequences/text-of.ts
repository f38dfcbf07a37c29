/** HTML as one line of words. */

/** The words alone, for one-line summaries. */
export function textOf(html: string): string {
  const body = new DOMParser().parseFromString(
    html.replaceAll(/<\/(p|div|li|h\d)>|<br\s*\/?>/gi, ' $&'),
    'text/html',
  ).body
  return (body.textContent ?? '').replaceAll(/\s+/g, ' ').trim()
}
