/** The email of a task: written beside the mail as its recipient will see it, with what sending it now comes to. */
import { Button, Group, Textarea, TextInput } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sizeOf } from '../lib/reusables.ts'
import { type Draft, draftQuery, saveDraft, sendDraft, type Task } from '../lib/tasks.ts'
import { tell, useAct } from '../ui/act.tsx'
import { Instant } from '../ui/instant.tsx'
import { MailFrame } from '../ui/mail-frame.tsx'
import { Notice } from '../ui/problem.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'

interface DraftEditorProps {
  task: Task
  onSent: () => void
}

export function DraftEditor({ task, onSent }: DraftEditorProps) {
  const { data, error, refetch } = useQuery(draftQuery(task.id))
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <LoadingBlock />
  return <Editor task={task} draft={data.draft} onSent={onSent} />
}

function useEditing(task: Task, draft: Draft, onSent: () => void) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const [subject, setSubject] = useState(draft.subject)
  const [html, setHtml] = useState(draft.body_html)
  const changed = html !== draft.body_html || subject !== draft.subject
  const store = async (text: { subject: string | null; body_html: string | null }) => {
    const saved = await saveDraft(task.id, text)
    queries.setQueryData(draftQuery(task.id).queryKey, saved)
    return saved.draft
  }
  const keep = () => store({ subject: draft.subject_fixed ? null : subject, body_html: html })
  const follow = async () => {
    const now = await store({ subject: null, body_html: null })
    setSubject(now.subject)
    setHtml(now.body_html)
  }
  const send = async () => {
    if (changed) await keep()
    const { waits_for } = await sendDraft(task.id)
    await queries.invalidateQueries()
    tell(waits_for ? `Sent off. ${waits_for.sentence}` : 'Sent off.')
    onSent()
  }
  const acts = { keep: () => run(keep), follow: () => run(follow), send: () => run(send) }
  return { busy, subject, setSubject, html, setHtml, changed, ...acts }
}

function Editor({ task, draft, onSent }: DraftEditorProps & { draft: Draft }) {
  const editing = useEditing(task, draft, onSent)
  return (
    <div style={{ display: 'grid', gap: 12 }} data-testid="draft-editor">
      <div className="sg-quiet">
        To {draft.to_name ? `${draft.to_name} <${draft.to_email}>` : draft.to_email}, from {draft.from_email}
      </div>
      <Words draft={draft} editing={editing} />
      {draft.problem ? <Notice tone="paused">{draft.problem}</Notice> : null}
      {draft.missing.length > 0 ? (
        <Notice tone="paused">
          Nothing stands for {draft.missing.join(', ')}. Write it into the text, or fill it in on the person.
        </Notice>
      ) : null}
      {draft.attachments.length > 0 ? (
        <div className="sg-quiet" data-testid="draft-files">
          Carries{' '}
          {draft.attachments.map(({ file_name, size }) => `${file_name} (${sizeOf(size)})`).join(', ')}
        </div>
      ) : null}
      {draft.preview ? (
        <MailFrame title="The mail as it is received" html={draft.preview.html} text={draft.preview.text} />
      ) : null}
      <Waits draft={draft} />
      <Acts draft={draft} editing={editing} />
    </div>
  )
}

interface PartProps {
  draft: Draft
  editing: ReturnType<typeof useEditing>
}

function Words({ draft, editing }: PartProps) {
  return (
    <>
      <TextInput
        label="Subject"
        value={editing.subject}
        disabled={draft.subject_fixed}
        description={draft.subject_fixed ? 'Keeps the subject of its thread.' : undefined}
        onChange={(event) => editing.setSubject(event.currentTarget.value)}
      />
      <Textarea
        label="Text"
        value={editing.html}
        onChange={(event) => editing.setHtml(event.currentTarget.value)}
        autosize
        minRows={6}
        maxRows={18}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        data-testid="draft-text"
      />
    </>
  )
}

function Acts({ draft, editing: { busy, changed, keep, follow, send } }: PartProps) {
  return (
    <Group gap={8}>
      <Button leftSection={<IconSend size={16} />} loading={busy} onClick={send} data-testid="send-draft">
        Send
      </Button>
      <Button variant="default" loading={busy} disabled={!changed} onClick={keep} data-testid="save-draft">
        Save and preview
      </Button>
      {draft.edited ? (
        <Button variant="subtle" color="gray" loading={busy} onClick={follow}>
          Take the wording of the step again
        </Button>
      ) : null}
    </Group>
  )
}

/** What "Send" comes to. */
function Waits({ draft: { waits_for: waits, from_email: from } }: { draft: Draft }) {
  if (!waits)
    return (
      <p className="sg-quiet">Send: it leaves now from {from}, at any hour, and counts against its limits.</p>
    )
  return (
    <Notice tone="paused">
      {waits.sentence}
      {waits.until ? (
        <>
          {' '}
          It leaves <Instant at={waits.until} />.
        </>
      ) : null}
    </Notice>
  )
}
