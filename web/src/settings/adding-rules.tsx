/** Who may be added to a sequence: rules of the team that refuse people, each with a way out for the one who adds them. */
import { Stack, Switch } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { Team } from '../lib/api-types.ts'
import { updateTeam } from '../lib/team.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Section } from '../ui/page.tsx'

const RULES = [
  {
    name: 'one_contact_per_company_in_sequence',
    label: 'One person of a company in each sequence',
    description: 'Others of the company (the account, else the domain of the address) are skipped.',
  },
  {
    name: 'only_owners_may_email',
    label: 'Only owners add people',
    description:
      'People who belong to a colleague are skipped, unless their account is yours. API keys act as the longest-standing admin.',
  },
] as const

export function AddingRules({ team }: { team: Team }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const save = (name: (typeof RULES)[number]['name'], on: boolean) =>
    run(async () => {
      await updateTeam({ [name]: on })
      await queries.invalidateQueries()
      tell('Saved.')
    })
  return (
    <Section title="Who is added to sequences">
      <Stack gap={12} maw={480}>
        {RULES.map(({ name, label, description }) => (
          <Switch
            key={name}
            label={label}
            description={description}
            checked={team[name]}
            disabled={busy}
            onChange={(event) => save(name, event.currentTarget.checked)}
            data-testid={name}
          />
        ))}
      </Stack>
    </Section>
  )
}
