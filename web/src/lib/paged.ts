/** Long lists, a page at a time: rows arrive as they are scrolled to, and the total is known from the first. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Pagination } from './api-types.ts'

/** The API's largest page. */
export const PAGE_ROWS = 100

export interface Paged<T, First> {
  rows: T[]
  total: number
  /** What the newest answer said besides its rows. */
  first: First | undefined
  isLoading: boolean
  isStale: boolean
  error: unknown
  hasMore: boolean
  isLoadingMore: boolean
  loadMore: () => void
  reload: () => void
}

interface Source<Answer extends { pagination: Pagination }, T> {
  key: readonly unknown[]
  ask: (page: number, signal: AbortSignal) => Promise<Answer>
  rowsOf: (answer: Answer) => T[]
  refreshMs?: number
}

export function usePaged<Answer extends { pagination: Pagination }, T>({
  key,
  ask,
  rowsOf,
  refreshMs,
}: Source<Answer, T>): Paged<T, Answer> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => ask(pageParam, signal),
    initialPageParam: 1,
    getNextPageParam: ({ pagination }) =>
      pagination.page < pagination.total_pages ? Number(pagination.page) + 1 : undefined,
    placeholderData: keepPreviousData,
    ...(refreshMs ? { refetchInterval: refreshMs } : {}),
  })
  const rows = useMemo(() => query.data?.pages.flatMap(rowsOf) ?? [], [query.data, rowsOf])
  const first = query.data?.pages[0]
  return {
    rows,
    total: first?.pagination.total_entries ?? 0,
    first,
    isLoading: query.isPending,
    isStale: query.isPlaceholderData,
    error: query.data ? null : query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) query.fetchNextPage()
    },
    reload: () => {
      query.refetch()
    },
  }
}
