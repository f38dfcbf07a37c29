/** Which rows of a long list are to be drawn: measures the list inside whatever scrolls it and asks for more near its end. */
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Paged } from '../lib/paged.ts'

const ROW_PX = 44
const HEAD_PX = 36
/** More is fetched when fewer than this many rows are left below. */
const AHEAD = 30

interface Rows {
  body: RefObject<HTMLDivElement | null>
  width: number
  virtual: Virtualizer<HTMLElement, HTMLDivElement>
  margin: number
}

/** Everything that scrolls a list carries `data-scroll`. */
const scrollerOf = (element: HTMLElement | null) => element?.closest<HTMLElement>('[data-scroll]') ?? null

function useWidth(body: RefObject<HTMLDivElement | null>) {
  const [width, setWidth] = useState(() => window.innerWidth)
  useLayoutEffect(() => {
    const element = body.current
    if (!element) return
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [body])
  return width
}

/** How far the first row is from the top of what scrolls it. What stands above may grow with any answer, so sizes are watched. */
function useMargin(body: RefObject<HTMLDivElement | null>, headPx: number) {
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => {
    const element = body.current
    const scroller = scrollerOf(element)
    if (!element || !scroller) return
    const measure = () => {
      const above = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top
      setMargin(Math.round(above + scroller.scrollTop + headPx))
    }
    measure()
    const observer = new ResizeObserver(measure)
    for (let each: Element | null = element; each && each !== scroller; each = each.parentElement)
      for (const beside of each.parentElement?.children ?? []) observer.observe(beside)
    return () => observer.disconnect()
  }, [body, headPx])
  return margin
}

/** `headPx` is what stands between the top of the list and its first row. */
export function useRows<T>(paged: Paged<T, unknown>, rowKey: (row: T) => string, headPx = HEAD_PX): Rows {
  const body = useRef<HTMLDivElement>(null)
  const width = useWidth(body)
  const margin = useMargin(body, headPx)
  const virtual = useVirtualizer<HTMLElement, HTMLDivElement>({
    count: paged.rows.length,
    getScrollElement: () => scrollerOf(body.current),
    estimateSize: () => ROW_PX,
    scrollMargin: margin,
    overscan: 12,
    getItemKey: (index) => {
      const row = paged.rows[index]
      return row === undefined ? index : rowKey(row)
    },
  })
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0
  const { hasMore, loadMore, isLoadingMore } = paged
  useEffect(() => {
    if (hasMore && !isLoadingMore && last >= paged.rows.length - AHEAD) loadMore()
  })
  return { body, width, virtual, margin }
}
