/** What a call can come to: the list that whoever has called chooses from, and what each outcome does to the person. */
import { Button, Checkbox, Group, Modal, Select, TextInput } from '@mantine/core'
import { IconArrowUp, IconPhone, IconPlus } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import {
  type CallEffect,
  type CallOutcome,
  type CallOutcomeInput,
  callOutcomesQuery,
  createCallOutcome,
  deleteCallOutcome,
  EFFECTS,
  MOVES_STAGE,
  updateCallOutcome,
} from '../lib/call-outcomes.ts'
import { stagesQuery } from '../lib/contacts.ts'
import { useAct } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import classes from './settings.module.css'

export function CallOutcomes() {
  const { data, error, refetch } = useQuery(callOutcomesQuery)
  const [editing, setEditing] = useState<CallOutcome | 'new'>()
  const outcomes = data?.phone_call_outcomes ?? []
  return (
    <Section
      title="Call outcomes"
      actions={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => setEditing('new')}
          data-testid="new-call-outcome"
        >
          New outcome
        </Button>
      }
    >
      {error && !data ? <ErrorState error={error} onRetry={refetch} /> : null}
      {!data && !error ? <LoadingRows rows={4} /> : null}
      {data && outcomes.length === 0 ? (
        <EmptyState icon={IconPhone} title="No outcome yet">
          Add what your calls come to, such as "Left voicemail": each is counted, and can end the sequence.
        </EmptyState>
      ) : null}
      {outcomes.map((outcome, place) => (
        <Row
          key={outcome.id}
          outcome={outcome}
          above={outcomes[place - 1]}
          onEdit={() => setEditing(outcome)}
        />
      ))}
      {editing ? (
        <Editor outcome={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      ) : null}
    </Section>
  )
}

interface RowProps {
  outcome: CallOutcome
  above: CallOutcome | undefined
  onEdit: () => void
}

function Row({ outcome, above, onEdit }: RowProps) {
  const queries = useQueryClient()
  const stages = useQuery(stagesQuery).data?.contact_stages ?? []
  const [asking, setAsking] = useState(false)
  const stage = stages.find((each) => each.id === outcome.contact_stage_id)
  const remove = async () => {
    await deleteCallOutcome(outcome.id)
    await queries.invalidateQueries({ queryKey: callOutcomesQuery.queryKey })
  }
  return (
    <div className={classes.row} data-testid="call-outcome">
      <div className={classes.what}>
        <b>{outcome.name}</b>
        <div className="sg-quiet">
          {outcome.effect_sentence}
          {stage ? ` Puts them at ${stage.name}.` : ''}
          {outcome.answered ? ' Counts as answered.' : ''}
        </div>
      </div>
      <div className={classes.acts}>
        {above ? <MoveUp outcome={outcome} above={above} /> : null}
        <Button size="compact-sm" variant="default" onClick={onEdit} aria-label={`Edit ${outcome.name}`}>
          Edit
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => setAsking(true)}
          aria-label={`Delete ${outcome.name}`}
        >
          Delete
        </Button>
      </div>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Delete ${outcome.name}?`}
        verb="Delete"
        danger
        onConfirm={remove}
      >
        It can be chosen no more. Calls that came to it still say so, and are counted.
      </Confirm>
    </div>
  )
}

/** The two change places. */
function MoveUp({ outcome, above }: { outcome: CallOutcome; above: CallOutcome }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const move = () =>
    run(async () => {
      await updateCallOutcome(outcome.id, { position: above.position })
      await updateCallOutcome(above.id, { position: outcome.position })
      await queries.invalidateQueries({ queryKey: callOutcomesQuery.queryKey })
    })
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={busy}
      onClick={move}
      aria-label={`Move ${outcome.name} up`}
    >
      <IconArrowUp size={14} />
    </Button>
  )
}

function useSaving(outcome: CallOutcome | undefined, onSaved: () => void) {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const save = async (input: CallOutcomeInput) => {
    setBusy(true)
    try {
      await (outcome ? updateCallOutcome(outcome.id, input) : createCallOutcome(input))
      await queries.invalidateQueries()
      onSaved()
    } catch (error) {
      setProblem(sentenceOf(error))
      setBusy(false)
    }
  }
  return { busy, problem, save }
}

const NEW: CallOutcomeInput = { name: '', effect: 'goes_on', answered: false, contact_stage_id: null }

function Editor({ outcome, onClose }: { outcome: CallOutcome | undefined; onClose: () => void }) {
  const [input, setInput] = useState<CallOutcomeInput>(outcome ?? NEW)
  const { busy, problem, save } = useSaving(outcome, onClose)
  const { name, effect, answered, contact_stage_id } = input
  const change = (patch: Partial<CallOutcomeInput>) => setInput({ ...input, ...patch })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save({ name, effect, answered, contact_stage_id: MOVES_STAGE.includes(effect) ? null : contact_stage_id })
  }
  return (
    <Modal opened onClose={onClose} title={outcome ? `Edit ${outcome.name}` : 'New call outcome'}>
      <form onSubmit={submit} style={{ display: 'grid', gap: 12 }}>
        <TextInput
          label="Name"
          placeholder="Call back later"
          value={name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          data-testid="call-outcome-name"
          data-autofocus
        />
        <Select
          label="What it does to the person"
          data={EFFECTS}
          allowDeselect={false}
          value={effect}
          onChange={(chosen) => change({ effect: (chosen ?? 'goes_on') as CallEffect })}
          data-testid="call-outcome-effect"
        />
        {MOVES_STAGE.includes(effect) ? null : (
          <StageSelect value={contact_stage_id} onChange={(id) => change({ contact_stage_id: id })} />
        )}
        <Checkbox
          label="Counts as answered: somebody picked up"
          checked={answered}
          onChange={(event) => change({ answered: event.currentTarget.checked })}
        />
        <Problem words={problem} />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={!name.trim()} data-testid="save-call-outcome">
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

function StageSelect({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }) {
  const stages = useQuery(stagesQuery).data?.contact_stages ?? []
  return (
    <Select
      label="Stage afterwards"
      placeholder="Stays as it is"
      clearable
      // Interest ends sequences: that is an effect of its own.
      data={stages
        .filter((stage) => stage.role !== 'interested')
        .map((stage) => ({ value: stage.id, label: stage.name }))}
      value={value}
      onChange={onChange}
    />
  )
}
