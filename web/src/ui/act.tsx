/** Doing something at the server: busy while it runs, and its failure as a sentence in the corner. */
import { notifications } from '@mantine/notifications'
import { useCallback, useState } from 'react'
import { sentenceOf } from '../lib/api.ts'

/** Names the cross for who cannot see it. */
const closeButtonProps = { 'aria-label': 'Close' }

export function tell(words: string) {
  notifications.show({ message: words, autoClose: 4000, withBorder: true, closeButtonProps })
}

export function tellProblem(error: unknown) {
  notifications.show({
    message: sentenceOf(error),
    color: 'red',
    autoClose: 10_000,
    withBorder: true,
    closeButtonProps,
  })
}

/** Runs one act at a time. Comes back true when it went well. */
export function useAct() {
  const [busy, setBusy] = useState(false)
  const run = useCallback(async (act: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true)
    try {
      await act()
      return true
    } catch (error) {
      tellProblem(error)
      return false
    } finally {
      setBusy(false)
    }
  }, [])
  return { busy, run }
}
