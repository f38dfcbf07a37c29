/** Where one can go: a column on the left, icons on a narrow window, a bar at the bottom of a phone. */
import { Menu, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import {
  IconChartBar,
  IconCheckbox,
  IconDots,
  IconFlask,
  IconHome,
  IconInbox,
  IconMail,
  IconSend,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { useGo } from '../lib/url.ts'
import classes from './shell.module.css'

interface Place {
  to: string
  word: string
  icon: ComponentType<{ size?: number; stroke?: number }>
}

const DAILY: Place[] = [
  { to: '/', word: 'Home', icon: IconHome },
  { to: '/sequences', word: 'Sequences', icon: IconSend },
  { to: '/people', word: 'People', icon: IconUsers },
  { to: '/inbox', word: 'Inbox', icon: IconInbox },
  { to: '/tasks', word: 'Tasks', icon: IconCheckbox },
]
const RARER: Place[] = [
  { to: '/reports', word: 'Reports', icon: IconChartBar },
  { to: '/mailboxes', word: 'Mailboxes', icon: IconMail },
  { to: '/sandbox', word: 'Sandbox', icon: IconFlask },
  { to: '/settings', word: 'Settings', icon: IconSettings },
]
export const PLACES: readonly Place[] = [...DAILY, ...RARER]

function Item({ to, word, icon: Icon, tip }: Place & { tip: boolean }) {
  return (
    <Tooltip label={word} position="right" disabled={!tip}>
      <Link
        to={to}
        search={{} as never}
        className={classes.item ?? ''}
        activeOptions={{ exact: to === '/', includeSearch: false }}
        aria-label={word}
      >
        <Icon size={18} stroke={1.75} />
        <span className={classes.word}>{word}</span>
      </Link>
    </Tooltip>
  )
}

export function SideBar() {
  const icons = useMediaQuery('(max-width: 1199px)') ?? false
  return (
    <nav className={classes.side} aria-label="Main">
      <Link to="/" search={{} as never} className={classes.brand ?? ''} aria-label="Segue, to Home">
        <img src="/icon.svg" alt="" width={20} height={20} />
        <span className={classes.word}>Segue</span>
      </Link>
      <div className={classes.items}>
        {PLACES.map((place) => (
          <Item key={place.to} {...place} tip={icons} />
        ))}
      </div>
    </nav>
  )
}

export function BottomBar() {
  const go = useGo()
  return (
    <nav className={classes.bottom} aria-label="Main">
      {DAILY.map((place) => (
        <Item key={place.to} {...place} tip={false} />
      ))}
      <Menu position="top-end">
        <Menu.Target>
          <button type="button" className={classes.item}>
            <IconDots size={18} stroke={1.75} />
            More
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {RARER.map(({ to, word, icon: Icon }) => (
            <Menu.Item key={to} leftSection={<Icon size={16} />} onClick={() => go(to)}>
              {word}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </nav>
  )
}
