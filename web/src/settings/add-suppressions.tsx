/** Adds addresses and domains to the do-not-contact list, typed, pasted, or from a file of one column. */
import { Button, FileButton, Group, Modal, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import { addSuppressions, type Suppressed } from '../lib/imports.ts'
import { counted, number } from '../lib/words.ts'
import { Problem } from '../ui/problem.tsx'

/** What one call takes. */
const BATCH = 1_000

/** Everything that looks like an address or a domain, however it is separated; of a CSV row the first such cell. */
export function valuesIn(text: string): string[] {
  const values = text.split(/[\s,;|"<>]+/).filter((word) => /^[^\s@]*@?[^\s@]+\.[^\s@]+$/.test(word))
  return [...new Set(values.map((value) => value.toLowerCase()))]
}

async function add(values: string[]): Promise<Suppressed> {
  const sum: Suppressed = { added: 0, already: 0, refused: [] }
  for (let from = 0; from < values.length; from += BATCH) {
    const answer = await addSuppressions(values.slice(from, from + BATCH))
    sum.added += answer.added
    sum.already += answer.already
    sum.refused.push(...answer.refused)
  }
  return sum
}

function useAdding() {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [result, setResult] = useState<Suppressed>()
  const submit = async (values: string[]) => {
    setBusy(true)
    setProblem(undefined)
    try {
      setResult(await add(values))
      await queries.invalidateQueries()
    } catch (error) {
      setProblem(sentenceOf(error))
    } finally {
      setBusy(false)
    }
  }
  const forget = () => {
    setResult(undefined)
    setProblem(undefined)
  }
  return { busy, problem, result, submit, forget }
}

export function AddSuppressions({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [text, setText] = useState('')
  const { busy, problem, result, submit, forget } = useAdding()
  const values = valuesIn(text)
  const close = () => {
    setText('')
    forget()
    onClose()
  }
  return (
    <Modal opened={opened} onClose={close} title="Never write to these" size={520}>
      {result ? (
        <Result result={result} onClose={close} />
      ) : (
        <>
          <Textarea
            label="Addresses and domains"
            description="One per line, or separated by commas. A domain such as example.com stands for everyone there."
            autosize
            minRows={6}
            maxRows={14}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
            data-testid="suppressions-text"
          />
          <Problem words={problem} />
          <Group justify="space-between" mt="md">
            <FromFile onText={setText} />
            <Button
              loading={busy}
              disabled={values.length === 0}
              onClick={() => submit(values)}
              data-testid="suppressions-add"
            >
              {values.length > 0 ? `Add ${number(values.length)}` : 'Add'}
            </Button>
          </Group>
        </>
      )}
    </Modal>
  )
}

function FromFile({ onText }: { onText: (text: string) => void }) {
  return (
    <FileButton accept=".csv,.txt,text/csv,text/plain" onChange={(file) => file?.text().then(onText)}>
      {(props) => (
        <Button variant="default" {...props}>
          From a file
        </Button>
      )}
    </FileButton>
  )
}

function Result({ result, onClose }: { result: Suppressed; onClose: () => void }) {
  return (
    <>
      <p>
        <strong>{number(result.added)} added.</strong>
        {result.already > 0 ? ` ${number(result.already)} were on the list already.` : ''}
      </p>
      {result.refused.length > 0 ? (
        <>
          <p style={{ marginTop: 8 }}>
            {counted(result.refused.length, 'value was', 'values were')} refused:
          </p>
          <ul style={{ maxHeight: 200, overflow: 'auto', paddingLeft: 18, margin: '4px 0 0' }}>
            {result.refused.map(({ value, reason }) => (
              <li key={value}>
                {value}: {reason}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <Group justify="flex-end" mt="md">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </>
  )
}
