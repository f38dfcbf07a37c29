/** The frame around every screen: navigation, search, clock, the drawers, and what everyone must know now. */
import { Outlet, useLocation } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { LoadingBlock } from '../ui/states.tsx'
import { Banners } from './banners.tsx'
import { Drawers } from './drawers.tsx'
import { BottomBar, SideBar } from './navigation.tsx'
import classes from './shell.module.css'
import { TopBar } from './top-bar.tsx'

const Search = lazy(async () => ({ default: (await import('./search.tsx')).Search }))

export function Shell() {
  const main = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new screen begins at its top
  useEffect(() => {
    if (main.current) main.current.scrollTop = 0
  }, [pathname])
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <SideBar />
      <div className={classes.column}>
        <TopBar />
        <Banners />
        <main ref={main} id="content" tabIndex={-1} className={classes.main} data-scroll>
          <Suspense fallback={<LoadingBlock />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <BottomBar />
      <Drawers />
      <Suspense fallback={null}>
        <Search />
      </Suspense>
    </div>
  )
}
