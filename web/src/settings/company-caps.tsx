/** What the whole team may send to one company, over all sequences and mailboxes. */
import { Button, Group, NumberInput, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Team } from '../lib/api-types.ts'
import { updateTeam } from '../lib/team.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Section } from '../ui/page.tsx'

const CAPS = [
  {
    name: 'max_emails_per_account_per_week',
    label: 'Emails a week to one account',
    description:
      'Over all sequences, Monday to Sunday. Without an account, the domain counts as the company.',
  },
  {
    name: 'max_emails_per_domain_per_day',
    label: 'Emails a day to one domain',
    description: 'A company’s mail server that gets many at once takes them for bulk.',
  },
  {
    name: 'max_emails_per_free_mail_domain_per_day',
    label: 'Emails a day to one provider of free mailboxes',
    description: 'gmail.com, outlook.com and the like, to which the cap above does not apply.',
  },
] as const

type Caps = Pick<Team, (typeof CAPS)[number]['name']>

const capsOf = (team: Team): Caps => ({
  max_emails_per_account_per_week: team.max_emails_per_account_per_week,
  max_emails_per_domain_per_day: team.max_emails_per_domain_per_day,
  max_emails_per_free_mail_domain_per_day: team.max_emails_per_free_mail_domain_per_day,
})

export function CompanyCaps({ team }: { team: Team }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const [caps, setCaps] = useState<Caps>(() => capsOf(team))
  const isChanged = CAPS.some(({ name }) => caps[name] !== team[name])
  const save = () =>
    run(async () => {
      await updateTeam(caps)
      await queries.invalidateQueries()
      tell('Saved.')
    })
  return (
    <Section title="To one company">
      <Stack gap={12} maw={480}>
        {CAPS.map(({ name, label, description }) => (
          <NumberInput
            key={name}
            label={label}
            description={description}
            placeholder="No cap"
            min={1}
            allowDecimal={false}
            value={caps[name] ?? ''}
            onChange={(value) => setCaps({ ...caps, [name]: value === '' ? null : Number(value) })}
            data-testid={name}
          />
        ))}
      </Stack>
      <Group mt="md">
        <Button onClick={save} loading={busy} disabled={!isChanged} data-testid="save-caps">
          Save
        </Button>
      </Group>
    </Section>
  )
}
