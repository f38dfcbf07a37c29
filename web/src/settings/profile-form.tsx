/** The names that one's own emails are signed with. */
import { Button, Group, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { User } from '../lib/api-types.ts'
import { useSession } from '../lib/session.ts'
import { updateUser, usersQuery } from '../lib/team.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Section } from '../ui/page.tsx'

export function ProfileForm() {
  const { user } = useSession()
  const own = useQuery(usersQuery).data?.users.find((each) => each.id === user.id)
  return own ? <Names key={own.id} user={own} /> : null
}

function Names({ user }: { user: User }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const form = useForm({
    initialValues: { first_name: user.first_name ?? '', last_name: user.last_name ?? '' },
  })
  const submit = form.onSubmit(({ first_name, last_name }) =>
    run(async () => {
      await updateUser(user.id, { first_name: first_name || null, last_name: last_name || null })
      await queries.invalidateQueries()
      form.resetDirty()
      tell('Saved.')
    }),
  )
  return (
    <form onSubmit={submit}>
      <Section title="You">
        <Group gap={12} align="end">
          <TextInput label="First name" {...form.getInputProps('first_name')} data-testid="own-first-name" />
          <TextInput label="Last name" {...form.getInputProps('last_name')} data-testid="own-last-name" />
          <Button type="submit" loading={busy} disabled={!form.isDirty()} data-testid="save-profile">
            Save
          </Button>
        </Group>
        <p className="sg-quiet">
          Emails say them as {'{{sender_first_name}}'} and {'{{sender_last_name}}'}. Whoever is held for lack
          of one goes on when it is there.
        </p>
      </Section>
    </form>
  )
}
