/** Words that appear while the pointer rests on something. Nothing is mounted until then, so a list can hold hundreds. */
import { Tooltip } from '@mantine/core'
import { type CSSProperties, type ReactNode, useRef, useState } from 'react'

const REST_MS = 250

interface TipProps {
  label: () => ReactNode
  children: ReactNode
  style?: CSSProperties
}

export function Tip({ label, children, style }: TipProps) {
  const place = useRef<HTMLSpanElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [shown, setShown] = useState(false)
  const leave = () => {
    clearTimeout(timer.current)
    setShown(false)
  }
  return (
    <span
      ref={place}
      style={style}
      onPointerEnter={() => {
        timer.current = setTimeout(() => setShown(true), REST_MS)
      }}
      onPointerLeave={leave}
    >
      {children}
      {shown ? <Tooltip target={place} label={label()} opened /> : null}
    </span>
  )
}
