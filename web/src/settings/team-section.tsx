/** The team's name and zone, its people, and what the law wants under every mail. */
import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Team } from '../lib/api-types.ts'
import { useSession } from '../lib/session.ts'
import { updateTeam, usersQuery } from '../lib/team.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Section } from '../ui/page.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { ZoneSelect } from '../ui/zone-select.tsx'
import { AddingRules } from './adding-rules.tsx'
import { AnswersForm } from './answers-form.tsx'
import { CompanyCaps } from './company-caps.tsx'
import { DeleteColleague } from './delete-colleague.tsx'
import { ProfileForm } from './profile-form.tsx'
import classes from './settings.module.css'

export function TeamSection() {
  const { team } = useSession()
  return (
    <Stack gap={16}>
      <ProfileForm />
      <TeamForm team={team} />
      <AnswersForm team={team} />
      <CompanyCaps team={team} />
      <AddingRules team={team} />
      <People />
    </Stack>
  )
}

function useTeamForm(team: Team) {
  return useForm({
    initialValues: {
      name: team.name,
      time_zone: team.time_zone,
      legal_name: team.legal_name ?? '',
      postal_address: team.postal_address ?? '',
      opt_out_html: team.opt_out_html ?? '',
    },
    validate: { name: (value) => (value.trim() ? null : 'Give your team a name.') },
  })
}

function TeamForm({ team }: { team: Team }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const form = useTeamForm(team)
  const submit = form.onSubmit(({ opt_out_html, legal_name, postal_address, ...rest }) =>
    run(async () => {
      await updateTeam({
        ...rest,
        legal_name: legal_name || null,
        postal_address: postal_address || null,
        ...(opt_out_html ? { opt_out_html } : {}),
      })
      await queries.invalidateQueries()
      form.resetDirty()
      tell('Saved.')
    }),
  )
  return (
    <form onSubmit={submit}>
      <Section title="Team">
        <Stack gap={12} maw={480}>
          <TextInput label="Name" {...form.getInputProps('name')} />
          <ZoneSelect
            label="Time zone"
            description="New schedules begin in it."
            {...form.getInputProps('time_zone')}
          />
        </Stack>
      </Section>
      <Section title="Under every mail">
        <Stack gap={12} maw={480}>
          <LegalFields form={form} />
        </Stack>
        <Group mt="md">
          <Button type="submit" loading={busy} disabled={!form.isDirty()} data-testid="save-team">
            Save
          </Button>
        </Group>
      </Section>
    </form>
  )
}

function LegalFields({ form }: { form: ReturnType<typeof useTeamForm> }) {
  return (
    <>
      <TextInput
        label="Legal name"
        description="Asked for before the first sequence sends from a real mailbox."
        data-testid="legal-name"
        {...form.getInputProps('legal_name')}
      />
      <Textarea
        label="Postal address"
        autosize
        minRows={2}
        data-testid="postal-address"
        {...form.getInputProps('postal_address')}
      />
      <Textarea
        label="Opt-out sentence"
        description="What stands between <% and %> becomes the link."
        autosize
        minRows={2}
        {...form.getInputProps('opt_out_html')}
      />
    </>
  )
}

function People() {
  const { data, error, refetch } = useQuery(usersQuery)
  return (
    <Section title="Colleagues">
      {error && !data ? <ErrorState error={error} onRetry={refetch} /> : null}
      {!data && !error ? <LoadingRows rows={1} /> : null}
      {data?.users.map((user) => (
        <div key={user.id} className={classes.row}>
          <div className={classes.what}>
            {user.name} <span className="sg-quiet">{user.email}</span>
          </div>
          <DeleteColleague user={user} />
        </div>
      ))}
    </Section>
  )
}
