/** The frame of a screen: its title, one line that says what this is now, its actions, its content. */
import type { ReactNode } from 'react'
import classes from './page.module.css'

interface PageProps {
  title: ReactNode
  /** The name of the document; the title itself when that is text. */
  name?: string
  line?: ReactNode
  actions?: ReactNode
  /** Tables use all the width there is; everything else stays within 1280 px. */
  wide?: boolean
  /** The content takes the height that is left, and scrolls by itself. */
  fill?: boolean
  children: ReactNode
}

export function Page({ title, name, line, actions, wide, fill, children }: PageProps) {
  const documentName = name ?? (typeof title === 'string' ? title : undefined)
  return (
    <div className={classes.page} data-wide={wide || undefined} data-fill={fill || undefined}>
      {documentName ? <title>{`${documentName} - Segue`}</title> : null}
      <header className={classes.head}>
        <div className={classes.words}>
          {typeof title === 'string' ? <h1 className={classes.title}>{title}</h1> : title}
          {line ? <div className={classes.line}>{line}</div> : null}
        </div>
        {actions ? <div className={classes.actions}>{actions}</div> : null}
      </header>
      {children}
    </div>
  )
}

/** A row of search, filters and what belongs above a list. */
export function Toolbar({ children }: { children: ReactNode }) {
  return <div className={classes.toolbar}>{children}</div>
}

/** A bordered part of a screen with a heading of its own. */
export function Section({
  title,
  actions,
  children,
}: {
  title?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  return (
    <section className={classes.section}>
      {title ? (
        <div className={classes.sectionHead}>
          <h2 className={classes.sectionTitle}>{title}</h2>
          {actions}
        </div>
      ) : null}
      {children}
    </section>
  )
}
