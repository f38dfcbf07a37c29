/** What a screen shows is in its address: filters, tabs, the open drawer. Plain text values, empty ones left out. */
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'

export type UrlState = Record<string, string>

export function parseSearch(text: string): UrlState {
  return Object.fromEntries(new URLSearchParams(text))
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(search))
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  const text = params.toString()
  return text ? `?${text}` : ''
}

export interface Url {
  state: UrlState
  /** Changes some values, keeps the rest; undefined removes. `replace` (the default) leaves no step in the history. */
  set: (patch: Record<string, string | undefined>, options?: { replace?: boolean }) => void
}

export function useUrl(): Url {
  const state = useSearch({ strict: false }) as UrlState
  const navigate = useNavigate()
  const set = useCallback<Url['set']>(
    (patch, { replace = true } = {}) => {
      navigate({
        to: '.',
        search: (previous: Record<string, unknown>) => ({ ...previous, ...patch }),
        replace,
        resetScroll: false,
      } as never)
    },
    [navigate],
  )
  return useMemo(() => ({ state, set }), [state, set])
}

export function useParam(name: string): string {
  const params = useParams({ strict: false }) as Record<string, string | undefined>
  return params[name] ?? ''
}

/** Goes to another address of the page; `search` replaces the filters there. */
export function useGo() {
  const navigate = useNavigate()
  return useCallback(
    (to: string, search: UrlState = {}) => {
      navigate({ to, search } as never)
    },
    [navigate],
  )
}
