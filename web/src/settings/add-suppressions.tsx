/** Adds to the do-not-contact list, typed, pasted or from a file. Nothing is written before the person has seen what was understood. */
import { Button, FileButton, Group, Modal, Progress, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sentenceOf } from '../lib/api.ts'
import { uploadImport } from '../lib/imports.ts'
import { useUrl } from '../lib/url.ts'
import { number } from '../lib/words.ts'
import { Problem } from '../ui/problem.tsx'
import { SuppressionFile } from './suppression-file.tsx'
import { SuppressionReview } from './suppression-review.tsx'
import { type TypedValue, typedValues } from './suppression-text.ts'

/** The file on its way is in the address, so that a long import survives leaving. */
export function AddSuppressions() {
  const { state, set } = useUrl()
  const [text, setText] = useState('')
  const [reviewed, setReviewed] = useState<TypedValue[]>()
  const again = () => {
    setReviewed(undefined)
    set({ file: undefined })
  }
  const close = () => {
    setText('')
    setReviewed(undefined)
    set({ add: undefined, file: undefined })
  }
  const file = state['file']
  return (
    <Modal opened={state['add'] === '1'} onClose={close} title="Never write to these" size={560}>
      {file ? <SuppressionFile id={file} onBack={again} onClose={close} /> : null}
      {!file && reviewed ? <SuppressionReview values={reviewed} onBack={again} onClose={close} /> : null}
      {!file && !reviewed ? (
        <Typing
          text={text}
          onText={setText}
          onReview={setReviewed}
          onFile={(id) => set({ file: id }, { replace: false })}
        />
      ) : null}
    </Modal>
  )
}

interface TypingProps {
  text: string
  onText: (text: string) => void
  onReview: (values: TypedValue[]) => void
  onFile: (importId: string) => void
}

function Typing({ text, onText, onReview, onFile }: TypingProps) {
  const values = typedValues(text)
  const { part, problem, send } = useUpload(onFile)
  return (
    <>
      <Textarea
        label="Addresses and domains"
        description="One per line. A domain such as example.com stands for everyone there."
        autosize
        minRows={6}
        maxRows={14}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        data-autofocus
        data-testid="suppressions-text"
      />
      <Problem words={problem} />
      {part === undefined ? null : <Progress mt="md" value={part * 100} aria-label="Sending the file" />}
      <Group justify="space-between" mt="md">
        <FileButton
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          onChange={send}
          inputProps={{ 'data-testid': 'suppressions-file' } as object}
        >
          {(props) => (
            <Button variant="default" loading={part !== undefined} {...props}>
              From a file
            </Button>
          )}
        </FileButton>
        <Button
          disabled={values.length === 0}
          onClick={() => onReview(values)}
          data-testid="suppressions-review"
        >
          {values.length > 0 ? `Look at ${number(values.length)}` : 'Look'}
        </Button>
      </Group>
    </>
  )
}

function useUpload(onUploaded: (importId: string) => void) {
  const queries = useQueryClient()
  const [part, setPart] = useState<number>()
  const [problem, setProblem] = useState<string>()
  const send = async (file: File | null) => {
    if (!file) return
    setProblem(undefined)
    setPart(0)
    try {
      const answer = await uploadImport('suppressions', file, setPart)
      queries.setQueryData(['imports', answer.import.id], answer)
      onUploaded(answer.import.id)
    } catch (error) {
      setProblem(sentenceOf(error))
    } finally {
      setPart(undefined)
    }
  }
  return { part, problem, send }
}
