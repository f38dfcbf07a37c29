/** Search, the time it is here, and oneself. */
import { Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconDeviceDesktop, IconLogout, IconMoon, IconSearch, IconSun } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNow } from '../lib/clock.ts'
import { sessionQuery, useSession } from '../lib/session.ts'
import { signOut } from '../lib/team.ts'
import { browserZone, clockTime, fullTime, weekday, zoneName } from '../lib/time.ts'
import { useAct } from '../ui/act.tsx'
import { openSearch } from './open-search.ts'
import classes from './shell.module.css'

export function TopBar() {
  // Listened to here and not in the search itself, which is fetched after the first screen stands.
  useHotkeys([['mod+K', openSearch]], [])
  const { clock } = useSession()
  return (
    <header className={classes.top}>
      <button type="button" className={classes.find} onClick={openSearch}>
        <IconSearch size={16} stroke={1.75} aria-hidden />
        <span>Search people, sequences, mails</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div className={classes.aside}>
        {clock.travel_enabled ? null : <WallClock />}
        <Me />
      </div>
    </header>
  )
}

function WallClock() {
  const now = useNow()
  const { team } = useSession()
  const zone = browserZone()
  const elsewhere =
    team.time_zone === zone ? '' : ` Team: ${fullTime(now, team.time_zone)} (${zoneName(team.time_zone)}).`
  return (
    <Tooltip label={`You: ${fullTime(now, zone)} (${zoneName(zone)}).${elsewhere}`}>
      <span className={classes.clock}>
        {weekday(now, zone)} {clockTime(now, zone)}
      </span>
    </Tooltip>
  )
}

const SCHEMES = [
  { value: 'light', word: 'Light', icon: IconSun },
  { value: 'dark', word: 'Dark', icon: IconMoon },
  { value: 'auto', word: 'As the system', icon: IconDeviceDesktop },
] as const

const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((part) => part[0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase()

function Me() {
  const { user, team } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const queries = useQueryClient()
  const { run } = useAct()
  const leave = () =>
    run(async () => {
      await signOut()
      queries.clear()
      queries.setQueryData(sessionQuery.queryKey, null)
    })
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button type="button" className={classes.me} aria-label={`${user.name}: account and appearance`}>
          {initials(user.name)}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user.name}, {team.name}
        </Menu.Label>
        {SCHEMES.map(({ value, word, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} />}
            onClick={() => setColorScheme(value)}
            aria-current={colorScheme === value}
            fw={colorScheme === value ? 600 : 400}
          >
            {word}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={leave}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
