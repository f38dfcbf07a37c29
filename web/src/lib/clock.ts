/** What time it is at the server, which time travel may have moved. Screens ask this, never the browser's own clock. */
import { useSyncExternalStore } from 'react'

const TICK_MS = 20_000

let skewMs = 0
let current = Date.now()
const listeners = new Set<() => void>()

function tick() {
  current = Date.now() + skewMs
  for (const listener of listeners) listener()
}

/** Told by every answer that carries the server's clock. */
export function setServerNow(iso: string) {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return
  skewMs = at - Date.now()
  tick()
}

let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void) {
  listeners.add(listener)
  timer ??= setInterval(tick, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Epoch milliseconds, renewed every 20 seconds. */
export const useNow = () => useSyncExternalStore(subscribe, () => current)

export const serverNow = () => Date.now() + skewMs
