/** The frame of the pages before one is signed in: a narrow column under the name. */
import type { ReactNode } from 'react'
import classes from './door.module.css'

interface DoorProps {
  name: string
  title: string
  line?: string
  /** Room for a long key and a command line. */
  wide?: boolean
  children: ReactNode
}

export function Door({ name, title, line, wide, children }: DoorProps) {
  return (
    <main className={classes.door}>
      <title>{`${name} - Segue`}</title>
      <div className={classes.brand}>
        <img src="/icon.svg" alt="" width={24} height={24} />
        Segue
      </div>
      <div className={classes.card} data-wide={wide || undefined}>
        <h1 className={classes.title}>{title}</h1>
        {line ? <p className={classes.line}>{line}</p> : null}
        {children}
      </div>
    </main>
  )
}
