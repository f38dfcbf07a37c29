/** What the team does about answers, absences, mail that is refused and steps that are overdue: rules that hold for all sequences. */
import { Button, Group, NumberInput, Select, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import type { Team } from '../lib/api-types.ts'
import { COMPANY_RULES, type CompanyRule } from '../lib/company-rules.ts'
import { updateTeam } from '../lib/team.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Section } from '../ui/page.tsx'

export function AnswersForm({ team }: { team: Team }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const form = useAnswersForm(team)
  const submit = form.onSubmit(
    ({ away_margin_days, away_resume_days, blocked_per_day_max, stale_days, ...company }) =>
      run(async () => {
        await updateTeam({
          away_margin_days: Number(away_margin_days),
          away_resume_days: away_resume_days === '' ? null : Number(away_resume_days),
          blocked_per_day_max: Number(blocked_per_day_max),
          stale_after_hours: Math.round(Number(stale_days) * 24),
          same_account_reply_policy: company.same_account_reply_policy,
          same_account_reply_delay_days: Number(company.same_account_reply_delay_days),
        })
        await queries.invalidateQueries()
        form.resetDirty()
        tell('Saved.')
      }),
  )
  return (
    <form onSubmit={submit}>
      <Section title="Answers, absences and refusals">
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
      stale_days: (team.stale_after_hours / 24) as number | string,
      same_account_reply_policy: team.same_account_reply_policy as CompanyRule,
      same_account_reply_delay_days: team.same_account_reply_delay_days as number | string,
    },
    validate: {
      away_margin_days: (value) => (value === '' ? 'Give a number of days, 0 to 5.' : null),
      blocked_per_day_max: (value) => (value === '' ? 'Give a number of emails, 1 to 1,000.' : null),
      stale_days: (value) => (value === '' ? 'Give a number of days, up to 365.' : null),
      same_account_reply_delay_days: (value) => (value === '' ? 'Give a number of days, 1 to 1,000.' : null),
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
      <NumberInput
        label="Ask a person when a step is overdue by (days)"
        description="A step that could not go for so long, though its window was open, is held as overdue until a person releases it."
        min={1 / 24}
        max={365}
        decimalScale={2}
        w={280}
        data-testid="stale-days"
        {...form.getInputProps('stale_days')}
      />
      <Select
        label="When one person of a company answers"
        description="What happens to others of the same company, in sequences that have no rule of their own."
        allowDeselect={false}
        data={COMPANY_RULES}
        data-testid="company-rule"
        {...form.getInputProps('same_account_reply_policy')}
      />
      {form.values.same_account_reply_policy === 'delay' ? (
        <NumberInput
          label="Days after the answer"
          min={1}
          max={1000}
          {...WHOLE}
          {...form.getInputProps('same_account_reply_delay_days')}
        />
      ) : null}
    </Stack>
  )
}
