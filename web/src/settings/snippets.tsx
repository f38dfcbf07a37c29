/** Texts of the team that emails put in by name. Editing one says whom it reaches; one in use is not deleted. */
import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core'
import { IconQuote } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import {
  createSnippet,
  deleteSnippet,
  type Snippet,
  snippetsQuery,
  updateSnippet,
  usedIn,
} from '../lib/reusables.ts'
import { Problem } from '../ui/problem.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Files } from './files.tsx'
import { AddButton, EndButton, RecordRow, Records } from './records.tsx'

export function SnippetsAndFiles() {
  return (
    <>
      <Snippets />
      <Files />
    </>
  )
}

function Snippets() {
  const { data, error, refetch } = useQuery(snippetsQuery)
  const [editing, setEditing] = useState<Snippet | 'new'>()
  return (
    <Records
      title="Snippets"
      actions={<AddButton word="New snippet" onClick={() => setEditing('new')} testId="new-snippet" />}
      records={data?.snippets}
      error={error}
      onRetry={refetch}
      empty={
        <EmptyState icon={IconQuote} title="No snippet yet">
          A text that several emails share, such as a case study. Write it once, and put it in with the menu
          of the editor.
        </EmptyState>
      }
      row={(snippet) => <Row key={snippet.id} snippet={snippet} onEdit={() => setEditing(snippet)} />}
    >
      {editing ? (
        <Editor snippet={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      ) : null}
    </Records>
  )
}

function Row({ snippet, onEdit }: { snippet: Snippet; onEdit: () => void }) {
  const { id, name } = snippet
  return (
    <RecordRow
      testId="snippet"
      what={
        <>
          <code>{`{{snippet:${name}}}`}</code>
          <div className="sg-quiet">{usedIn(snippet.used_in)}</div>
        </>
      }
      acts={
        <>
          <Button size="compact-sm" variant="default" onClick={onEdit} aria-label={`Edit ${name}`}>
            Edit
          </Button>
          <EndButton
            verb="Delete"
            name={name}
            end={() => deleteSnippet(id)}
            queryKey={snippetsQuery.queryKey}
          >
            Emails that were sent keep its text.
          </EndButton>
        </>
      }
    />
  )
}

/** What a name may have, as one types it. */
const asName = (typed: string) => typed.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_')

function useSaving(snippet: Snippet | undefined, onSaved: () => void) {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const save = async (input: { name: string; body_html: string }) => {
    setBusy(true)
    try {
      await (snippet ? updateSnippet(snippet.id, input) : createSnippet(input))
      await queries.invalidateQueries()
      onSaved()
    } catch (error) {
      setProblem(sentenceOf(error))
      setBusy(false)
    }
  }
  return { busy, problem, save }
}

function Editor({ snippet, onClose }: { snippet: Snippet | undefined; onClose: () => void }) {
  const [name, setName] = useState(snippet?.name ?? '')
  const [html, setHtml] = useState(snippet?.body_html ?? '')
  const { busy, problem, save } = useSaving(snippet, onClose)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save({ name, body_html: html })
  }
  const used = snippet?.used_in ?? []
  return (
    <Modal opened onClose={onClose} title={snippet ? `Edit ${snippet.name}` : 'New snippet'} size="lg">
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          placeholder="case_study"
          description={
            used.length > 0
              ? 'It stays as it is while emails use it.'
              : 'Emails call it by this name: small letters, digits and underscores.'
          }
          value={name}
          disabled={used.length > 0}
          onChange={(event) => setName(asName(event.currentTarget.value))}
          data-testid="snippet-name"
          data-autofocus
        />
        <Textarea
          mt="sm"
          label="Text"
          description="Plain text or HTML, with variables such as {{company}}. A snippet takes no other snippet."
          value={html}
          onChange={(event) => setHtml(event.currentTarget.value)}
          autosize
          minRows={6}
          maxRows={20}
          data-testid="snippet-body"
        />
        {used.length > 0 ? (
          <p className="sg-quiet">{`Used in: ${usedIn(used)}. The new text goes into every email that is not written yet.`}</p>
        ) : null}
        <Problem words={problem} />
        <Group justify="flex-end" mt="md" gap={8}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={!name || !html.trim()} data-testid="save-snippet">
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
