/** The fields of a person, for a new one and for changing one. */
import { Button, Group, SimpleGrid, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import type { ContactFields } from '../lib/api-types.ts'
import { labelsQuery } from '../lib/contacts.ts'
import { Problem } from '../ui/problem.tsx'
import { ZoneSelect } from '../ui/zone-select.tsx'

interface PersonFormProps {
  begin: ContactFields
  verb: string
  onSave: (fields: ContactFields) => Promise<unknown>
  onCancel: () => void
}

const EMPTY = {
  first_name: '',
  last_name: '',
  email: '',
  title: '',
  organization_name: '',
  city: '',
  country: '',
  direct_phone: '',
}

function usePersonForm(begin: ContactFields) {
  return useForm({
    initialValues: { ...EMPTY, time_zone: '', label_names: [] as string[], ...begin },
    validate: {
      email: (value) =>
        value && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim())
          ? 'An address looks like name@company.com.'
          : null,
      first_name: (value, all) =>
        value || all.last_name || all.email ? null : 'A name or an address is needed.',
    },
  })
}

export function PersonForm({ begin, verb, onSave, onCancel }: PersonFormProps) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const form = usePersonForm(begin)
  const submit = form.onSubmit(async (values) => {
    setBusy(true)
    setProblem(undefined)
    try {
      await onSave(values)
    } catch (error) {
      setProblem(sentenceOf(error))
      setBusy(false)
    }
  })
  return (
    <form onSubmit={submit} noValidate>
      <PersonFields form={form} />
      <Problem words={problem} />
      <Group justify="flex-end" mt="md" gap={8}>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} data-testid="save-person">
          {verb}
        </Button>
      </Group>
    </form>
  )
}

function PersonFields({ form }: { form: ReturnType<typeof usePersonForm> }) {
  const { data: labels } = useQuery(labelsQuery)
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12} verticalSpacing={12}>
      <TextInput
        label="First name"
        data-autofocus
        data-testid="first-name"
        {...form.getInputProps('first_name')}
      />
      <TextInput label="Last name" data-testid="last-name" {...form.getInputProps('last_name')} />
      <TextInput label="Email" type="email" data-testid="person-email" {...form.getInputProps('email')} />
      <TextInput label="Company" data-testid="company" {...form.getInputProps('organization_name')} />
      <TextInput label="Title" {...form.getInputProps('title')} />
      <TextInput label="Phone" {...form.getInputProps('direct_phone')} />
      <TextInput label="City" {...form.getInputProps('city')} />
      <TextInput label="Country" {...form.getInputProps('country')} />
      <ZoneSelect
        label="Time zone"
        placeholder="Unknown: the schedule's zone"
        clearable
        {...form.getInputProps('time_zone')}
      />
      <TagsInput
        label="Lists"
        data={(labels ?? []).map((label) => label.name)}
        {...form.getInputProps('label_names')}
      />
    </SimpleGrid>
  )
}
