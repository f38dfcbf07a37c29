/** Fields of a form, one under the other. */
import type { ReactNode } from 'react'
import classes from './door.module.css'

export const Fields = ({ children }: { children: ReactNode }) => (
  <div className={classes.fields}>{children}</div>
)
