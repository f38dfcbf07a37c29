/** API keys: made with a name, shown once, revoked at any time. */
import { Button, Group, Modal, TextInput } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { ApiKey } from '../lib/api-types.ts'
import { createKey, keysQuery, revokeKey } from '../lib/team.ts'
import { useAct } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { CopyField } from '../ui/copy-field.tsx'
import { Instant } from '../ui/instant.tsx'
import { Section } from '../ui/page.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import classes from './settings.module.css'

export function Keys() {
  const { data, error, refetch } = useQuery(keysQuery)
  const [making, setMaking] = useState(false)
  return (
    <Section
      title="API keys"
      actions={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => setMaking(true)}
          data-testid="make-key"
        >
          New key
        </Button>
      }
    >
      {error && !data ? <ErrorState error={error} onRetry={refetch} /> : null}
      {!data && !error ? <LoadingRows rows={2} /> : null}
      {data?.api_keys.length === 0 ? (
        <EmptyState icon={IconKey} title="No key yet">
          A key lets a program do what you can do here.
        </EmptyState>
      ) : null}
      {data?.api_keys.map((key) => (
        <Row key={key.id} apiKey={key} />
      ))}
      {making ? <NewKey onClose={() => setMaking(false)} /> : null}
    </Section>
  )
}

function Row({ apiKey }: { apiKey: ApiKey }) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const revoke = async () => {
    await revokeKey(apiKey.id)
    await queries.invalidateQueries({ queryKey: keysQuery.queryKey })
  }
  return (
    <div className={classes.row}>
      <div className={classes.what}>
        <strong>{apiKey.name}</strong> <code className="sg-quiet">{apiKey.prefix}...</code>
        <div className="sg-quiet">
          made <Instant at={apiKey.created_at} />
        </div>
      </div>
      {apiKey.revoked_at ? (
        <StateBadge state="finished" word="Revoked" />
      ) : (
        <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
          Revoke
        </Button>
      )}
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Revoke ${apiKey.name}?`}
        verb="Revoke"
        danger
        onConfirm={revoke}
      >
        Programs that use it are refused from now on. This cannot be undone.
      </Confirm>
    </div>
  )
}

function NewKey({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const [name, setName] = useState('')
  const [made, setMade] = useState<string>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run(async () => {
      const { api_key } = await createKey(name.trim())
      setMade(api_key)
      await queries.invalidateQueries({ queryKey: keysQuery.queryKey })
    })
  }
  return (
    <Modal opened onClose={onClose} title="New key" closeOnClickOutside={made === undefined}>
      {made ? (
        <>
          <p>It is shown this once: Segue keeps only its hash.</p>
          <CopyField label="Key" text={made} testId="new-key" />
          <Group justify="flex-end" mt="md">
            <Button onClick={onClose}>I have kept it</Button>
          </Group>
        </>
      ) : (
        <form onSubmit={submit}>
          <TextInput
            label="What it is for"
            placeholder="The CRM"
            required
            withAsterisk={false}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end" mt="md" gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={!name.trim()}>
              Make the key
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  )
}
