/** The files that an email carries: those that were handed in before, or a new one. */
import { Button, FileButton, Menu, Pill } from '@mantine/core'
import { IconPaperclip } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { filesQuery, sizeOf, uploadFile } from '../lib/reusables.ts'
import { useAct } from '../ui/act.tsx'

export function FilesField({ ids, onChange }: { ids: string[]; onChange: (ids: string[]) => void }) {
  const queries = useQueryClient()
  const { data } = useQuery(filesQuery)
  const { busy, run } = useAct()
  const choose = useRef<HTMLButtonElement>(null)
  const files = data?.attachments ?? []
  const others = files.filter((file) => !ids.includes(file.id))
  const add = (file: File | null) =>
    file &&
    run(async () => {
      const { attachment } = await uploadFile(file)
      await queries.invalidateQueries({ queryKey: filesQuery.queryKey })
      onChange([...ids, attachment.id])
    })
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: 6, alignItems: 'center' }} data-testid="step-files">
      {ids.map((id) => {
        const file = files.find((one) => one.id === id)
        return (
          <Pill
            key={id}
            withRemoveButton
            onRemove={() => onChange(ids.filter((one) => one !== id))}
            removeButtonProps={{ 'aria-label': `Take off ${file?.file_name ?? 'the file'}` }}
          >
            {file ? `${file.file_name} (${sizeOf(file.size)})` : 'A file'}
          </Pill>
        )
      })}
      <FileButton onChange={add}>
        {(props) => <button {...props} ref={choose} type="button" hidden aria-hidden tabIndex={-1} />}
      </FileButton>
      <Menu position="bottom-start" width={280}>
        <Menu.Target>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<IconPaperclip size={14} />}
            loading={busy}
            data-testid="attach"
          >
            Attach a file
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
          <Menu.Item onClick={() => choose.current?.click()}>Upload a file</Menu.Item>
          {others.length > 0 ? <Menu.Label>Uploaded before</Menu.Label> : null}
          {others.map((file) => (
            <Menu.Item key={file.id} onClick={() => onChange([...ids, file.id])}>
              {`${file.file_name} (${sizeOf(file.size)})`}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
