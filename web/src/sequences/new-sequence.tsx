/** Asks for a name and what to begin with. */
import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { BLANK, STARTERS } from './starter-texts.ts'
import { useBegin } from './starters.tsx'

const CHOICES = [BLANK, ...STARTERS]

export function NewSequence({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { busy, begin } = useBegin()
  const [name, setName] = useState('')
  const [key, setKey] = useState(BLANK.key)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const starter = CHOICES.find((choice) => choice.key === key) ?? BLANK
    begin(starter, name.trim() || starter.name)
  }
  return (
    <Modal opened={opened} onClose={onClose} title="New sequence">
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          placeholder="What your team will call it"
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
          data-testid="sequence-name"
        />
        <Radio.Group label="Begin with" value={key} onChange={setKey} mt="md">
          <Stack gap={8} mt={4}>
            {CHOICES.map((choice) => (
              <Radio
                key={choice.key}
                value={choice.key}
                size="xs"
                label={choice === BLANK ? 'An empty page' : choice.name}
                description={choice === BLANK ? undefined : choice.words}
                styles={{ label: { fontSize: 14 }, description: { fontSize: 13 } }}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Group justify="flex-end" mt="md" gap={8}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} data-testid="create-sequence">
            Create
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
