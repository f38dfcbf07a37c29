/** Links inside the page: to another screen, or to the same one with something changed in its address. */
import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode } from 'react'

type Attributes = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'children' | 'color'>

interface AppLinkProps extends Attributes {
  to: string
  search?: Record<string, string>
  children: ReactNode
  /** Looks like the text around it until the pointer is over it. */
  plain?: boolean
}

export function AppLink({ to, search, children, plain, ...rest }: AppLinkProps) {
  const target = { to, search: search ?? {} } as object
  return (
    <Anchor component={Link} {...target} {...rest} inherit {...(plain ? { c: 'inherit' } : {})}>
      {children}
    </Anchor>
  )
}

interface PatchLinkProps extends Attributes {
  patch: Record<string, string | undefined>
  children: ReactNode
  plain?: boolean
}

/** Stays on this screen and changes only the named values of its address: opens a drawer, sets a filter. */
export function PatchLink({ patch, children, plain, ...rest }: PatchLinkProps) {
  const target = {
    to: '.',
    search: (previous: Record<string, unknown>) => ({ ...previous, ...patch }),
    resetScroll: false,
  } as object
  return (
    <Anchor component={Link} {...target} {...rest} inherit {...(plain ? { c: 'inherit' } : {})}>
      {children}
    </Anchor>
  )
}

interface PersonLinkProps extends Omit<Attributes, 'id'> {
  id: string | null
  children: ReactNode
}

/** Opens the person in a drawer, so that the list behind stays. */
export function PersonLink({ id, children, ...rest }: PersonLinkProps) {
  if (!id) return <span {...rest}>{children}</span>
  return (
    <PatchLink patch={{ person: id }} plain {...rest}>
      {children}
    </PatchLink>
  )
}
