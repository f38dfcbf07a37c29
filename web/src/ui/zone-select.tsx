/** Chooses an IANA time zone by typing part of its name. */
import { Select, type SelectProps } from '@mantine/core'
import { zoneName } from '../lib/time.ts'

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
const choices = zones.map((value) => ({ value, label: zoneName(value) }))

export function ZoneSelect(props: Omit<SelectProps, 'data'>) {
  return <Select searchable data={choices} limit={80} nothingFoundMessage="No zone of that name" {...props} />
}
