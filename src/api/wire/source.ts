/** Where a contact or an account came from, in the recorded words. */
const SOURCES: Record<string, string> = {
  api: 'Created from API',
  csv_import: 'Uploaded from CSV',
  manual: 'Created manually',
}

export const sourceDisplayName = (source: string): string => SOURCES[source] ?? source
