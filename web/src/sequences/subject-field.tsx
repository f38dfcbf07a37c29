/** The subject of a mail; variables go in where the cursor is. */
import { ActionIcon, TextInput } from '@mantine/core'
import { IconBraces } from '@tabler/icons-react'
import { useRef } from 'react'
import { VariableMenu } from './variable-menu.tsx'

interface SubjectFieldProps {
  subject: string
  onChange: (subject: string) => void
}

export function SubjectField({ subject, onChange }: SubjectFieldProps) {
  const input = useRef<HTMLInputElement>(null)
  const insert = (text: string) => {
    const at = input.current?.selectionStart ?? subject.length
    const to = input.current?.selectionEnd ?? at
    onChange(subject.slice(0, at) + text + subject.slice(to))
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(at + text.length, at + text.length)
    })
  }
  return (
    <TextInput
      ref={input}
      aria-label="Subject"
      placeholder="Subject"
      value={subject}
      maxLength={500}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSection={
        <VariableMenu
          target={
            <ActionIcon size={26} aria-label="Insert a variable into the subject">
              <IconBraces size={16} stroke={1.75} />
            </ActionIcon>
          }
          onInsert={insert}
        />
      }
      data-testid="step-subject"
    />
  )
}
