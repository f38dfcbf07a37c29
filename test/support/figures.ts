/**
 * What is measured over whole collections of mails, zones and schedules: each measure is a list of figures with their targets. `npm run figures` prints them
 * all; the tests assert them. A new measure is one file `*-figures.ts` beside this one and one line in `scripts/figures.ts`.
 */
export interface Figure {
  /** As a person would ask for it: `hard bounces found`. */
  what: string
  found: number
  of: number
  /** `none`: none may be found. A number: at least this share of `of`. */
  target: 'none' | number
}

export interface Measure {
  title: string
  /** Null when what it reads is not there: its folder of SEGUE_CORPUS_DIR. */
  figures(corpusDir: string | undefined): Promise<Figure[] | null>
}

export function holds({ found, of, target }: Figure): boolean {
  return target === 'none' ? found === 0 && of > 0 : of > 0 && found / of >= target
}

/** `hard bounces found: 86 of 87 (98.9 %, at least 97 %)` */
export function figureLine(figure: Figure): string {
  const { what, found, of, target } = figure
  const share = of > 0 ? (100 * found) / of : 0
  const wanted = target === 'none' ? 'none allowed' : `at least ${100 * target} %`
  const amount = target === 'none' ? `${found} of ${of}` : `${found} of ${of} (${share.toFixed(1)} %)`
  return `${what}: ${amount}, ${wanted}${holds(figure) ? '' : ' -- MISSED'}`
}
