/** Pages as the wire counts them, and the breadcrumbs that describe a search. */
import { Type } from 'typebox'
import { refuse } from './errors.ts'
import type { OpenCall } from './route.ts'

export const PER_PAGE_DEFAULT = 25
export const PER_PAGE_MAX = 100
/** The recorded display cap: page times per_page. */
const REACH_MAX = 50_000

/** More words than a name or subject has would only make the query slow. */
const WORDS_MAX = 20

/** All of them must occur. */
export const wordsOfSearch = (text: string | undefined): string[] =>
  (text ?? '').split(/\s+/).filter(Boolean).slice(0, WORDS_MAX)

/** Spread into a search's input: `Type.Object({ q_name: ..., ...pageParameters })`. */
export const pageParameters = {
  page: Type.Optional(Type.Integer({ description: 'From 1. Default 1.' })),
  per_page: Type.Optional(Type.Integer({ description: 'At most 100. Default 25.' })),
}

export const Pagination = Type.Object(
  {
    page: Type.Union([Type.Integer(), Type.String()]),
    per_page: Type.Union([Type.Integer(), Type.String()]),
    total_entries: Type.Integer(),
    total_pages: Type.Integer(),
  },
  { title: 'Pagination' },
)

export const Breadcrumb = Type.Object(
  {
    label: Type.String(),
    signal_field_name: Type.String(),
    value: Type.Unknown(),
    display_name: Type.String(),
  },
  { title: 'Breadcrumb' },
)

export interface Page {
  page: number
  perPage: number
  offset: number
}

/** Which rows are asked for. Throws the recorded 422s; more than 100 per page is answered with 100 and a warning. */
export function pageOf(
  input: { page?: number; per_page?: number },
  call: Pick<OpenCall, 'warn'>,
  defaultPerPage = PER_PAGE_DEFAULT,
): Page {
  const page = input.page ?? 1
  let perPage = input.per_page ?? defaultPerPage
  if (perPage === 0) refuse(422, 'An error occurred. Per page cannot be 0.', { parameter: 'per_page' })
  if (perPage < 0)
    refuse(422, `The parameter "per_page" is ${perPage}; expected a whole number from 1 to ${PER_PAGE_MAX}.`)
  if (page < 1) refuse(422, `The parameter "page" is ${page}; expected a whole number from 1.`)
  if (perPage > PER_PAGE_MAX) {
    call.warn(`per_page is at most ${PER_PAGE_MAX}; ${perPage} was read as ${PER_PAGE_MAX}.`)
    perPage = PER_PAGE_MAX
  }
  if (page * perPage > REACH_MAX)
    refuse(422, 'Invalid parameter passed in. Page * per page number is over threshold.', {
      parameter: 'page',
    })
  return { page, perPage, offset: (page - 1) * perPage }
}

export function paginationOf({ page, perPage }: Page, total: number) {
  return { page, per_page: perPage, total_entries: total, total_pages: Math.ceil(total / perPage) }
}

/** One filter of a search: label "Name" for q_name, "Contains Keywords" for q_keywords. */
export function breadcrumb(
  label: string,
  signalFieldName: string,
  { value, displayName = String(value) }: { value: unknown; displayName?: string },
) {
  return { label, signal_field_name: signalFieldName, value, display_name: displayName }
}
