/** The days on which a schedule stays closed: public holidays of a country and region, and the team's own; with the coming ones. */
import { Checkbox, Group, Select, TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Schedule } from '../lib/api-types.ts'
import { countriesQuery, holidaysQuery } from '../lib/mailboxes.ts'
import { dateInWords } from '../lib/time.ts'

export type Holidays = Pick<
  Schedule,
  'skip_holidays' | 'holiday_country' | 'holiday_region' | 'extra_holidays'
>

/** As many as fit without scrolling; the count says how many there are. */
const SHOWN = 6

export function HolidayFields({ value, onChange }: { value: Holidays; onChange: (value: Holidays) => void }) {
  const { data: countries = [] } = useQuery({ ...countriesQuery, enabled: value.skip_holidays })
  const regions = countries.find((one) => one.code === value.holiday_country)?.regions ?? []
  const options = (places: readonly { code: string; name: string }[]) =>
    places.map((place) => ({ value: place.code, label: place.name }))
  const change = (patch: Partial<Holidays>) => onChange({ ...value, ...patch })
  return (
    <>
      <Checkbox
        size="xs"
        label="Closed on holidays"
        checked={value.skip_holidays}
        onChange={(event) => change({ skip_holidays: event.currentTarget.checked })}
        data-testid="skip-holidays"
      />
      {value.skip_holidays ? (
        <>
          <Group gap={12} grow align="start">
            <Select
              label="Public holidays of"
              placeholder="No country"
              searchable
              clearable
              data={options(countries)}
              value={value.holiday_country}
              onChange={(country) => change({ holiday_country: country, holiday_region: null })}
              data-testid="holiday-country"
            />
            {regions.length > 0 ? (
              <Select
                label="Region"
                placeholder="The whole country"
                searchable
                clearable
                data={options(regions)}
                value={value.holiday_region}
                onChange={(region) => change({ holiday_region: region })}
                data-testid="holiday-region"
              />
            ) : null}
          </Group>
          <TagsInput
            label="Own days off"
            placeholder="2027-12-24"
            description="Dates as year-month-day; press Enter after each."
            value={value.extra_holidays}
            onChange={(dates) => change({ extra_holidays: dates })}
            splitChars={[',', ' ', ';']}
            data-testid="own-holidays"
          />
          <Coming country={value.holiday_country} region={value.holiday_region} />
        </>
      ) : null}
    </>
  )
}

function Coming({ country, region }: { country: string | null; region: string | null }) {
  const { data } = useQuery({ ...holidaysQuery(country ?? '', region), enabled: country !== null })
  if (country === null || !data) return null
  const more = data.length - SHOWN
  return (
    <div className="sg-quiet" data-testid="coming-holidays">
      {data.length === 0 ? 'No public holidays in the coming year.' : 'Next: '}
      {data
        .slice(0, SHOWN)
        .map(({ date, name }) => `${name} (${dateInWords(date)})`)
        .join(', ')}
      {more > 0 ? ` and ${more} more in the coming year.` : null}
    </div>
  )
}
