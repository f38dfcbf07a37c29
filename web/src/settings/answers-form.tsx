/** What the team does about absences, and about mail that is refused: rules that hold for all sequences. */
import { Button, Group, NumberInput, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import type { Team } from '../lib/api-types.ts'
import { updateTeam } from '../lib/team.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Section } from '../ui/page.tsx'

export function AnswersForm({ team }: { team: Team }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const form = useAnswersForm(team)
  const submit = form.onSubmit(({ away_margin_days, away_resume_days, blocked_per_day_max }) =>
    run(async () => {
      await updateTeam({
        away_margin_days: Number(away_margin_days),
        away_resume_days: away_resume_days === '' ? null : Number(away_resume_days),
        blocked_per_day_max: Number(blocked_per_day_max),
      })
      await queries.invalidateQueries()
      form.resetDirty()
      tell('Saved.')
    }),
  )
  return (
    <form onSubmit={submit}>
      <Section title="Absences and refusals">
        <Fields form={form} />
        <Group mt="md">
          <Button type="submit" loading={busy} disabled={!form.isDirty()} data-testid="save-answers">
            Save
          </Button>
        </Group>
      </Section>
    </form>
  )
}

function useAnswersForm(team: Team) {
  return useForm({
    initialValues: {
      away_margin_days: team.away_margin_days as number | string,
      away_resume_days: (team.away_resume_days ?? '') as number | string,
      blocked_per_day_max: team.blocked_per_day_max as number | string,
    },
    validate: {
      away_margin_days: (value) => (value === '' ? 'Give a number of days, 0 to 5.' : null),
      blocked_per_day_max: (value) => (value === '' ? 'Give a number of emails, 1 to 1,000.' : null),
    },
  })
}

const WHOLE = { allowDecimal: false, w: 280 }

function Fields({ form }: { form: ReturnType<typeof useAnswersForm> }) {
  return (
    <Stack gap={12} maw={480}>
      <NumberInput
        label="Days after somebody is back"
        description="Business days of the sequence's schedule before they are written to again."
        min={0}
        max={5}
        {...WHOLE}
        data-testid="away-margin"
        {...form.getInputProps('away_margin_days')}
      />
      <NumberInput
        label="Away without a date: go on after days"
        description="Empty: a person decides."
        min={1}
        max={365}
        {...WHOLE}
        {...form.getInputProps('away_resume_days')}
      />
      <NumberInput
        label="Refused emails that stop a mailbox"
        description="Refused for their content or our reputation within 24 hours."
        min={1}
        max={1000}
        {...WHOLE}
        {...form.getInputProps('blocked_per_day_max')}
      />
    </Stack>
  )
}
