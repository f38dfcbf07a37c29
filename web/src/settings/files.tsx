/** Files that emails carry: handed in here or at a step, deleted when no email carries them any more. */
import { Anchor, Button, FileButton } from '@mantine/core'
import { IconPaperclip, IconPlus } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import {
  type AttachedFile,
  deleteFile,
  fileAddress,
  filesQuery,
  sizeOf,
  uploadFile,
  usedIn,
} from '../lib/reusables.ts'
import { useAct } from '../ui/act.tsx'
import { EmptyState } from '../ui/states.tsx'
import { EndButton, RecordRow, Records } from './records.tsx'

export function Files() {
  const queries = useQueryClient()
  const { data, error, refetch } = useQuery(filesQuery)
  const { busy, run } = useAct()
  const add = (file: File | null) =>
    file &&
    run(async () => {
      await uploadFile(file)
      await queries.invalidateQueries({ queryKey: filesQuery.queryKey })
    })
  return (
    <Records
      title="Files"
      actions={
        <FileButton onChange={add}>
          {(props) => (
            <Button
              {...props}
              size="compact-sm"
              variant="default"
              leftSection={<IconPlus size={14} />}
              loading={busy}
              data-testid="upload-file"
            >
              Upload a file
            </Button>
          )}
        </FileButton>
      }
      records={data?.attachments}
      error={error}
      onRetry={refetch}
      empty={
        <EmptyState icon={IconPaperclip} title="No file yet">
          An offer or a leaflet that emails carry. At most 5 MB; five files with 7 MB together go into one
          email.
        </EmptyState>
      }
      row={(file) => <Row key={file.id} file={file} />}
    />
  )
}

function Row({ file }: { file: AttachedFile }) {
  return (
    <RecordRow
      testId="file"
      what={
        <>
          <Anchor href={fileAddress(file.id)} download={file.file_name} inherit>
            {file.file_name}
          </Anchor>
          <div className="sg-quiet">{`${sizeOf(file.size)}. ${usedIn(file.used_in)}`}</div>
        </>
      }
      acts={
        <EndButton
          verb="Delete"
          name={file.file_name}
          end={() => deleteFile(file.id)}
          queryKey={filesQuery.queryKey}
        >
          Emails that were sent keep it.
        </EndButton>
      }
    />
  )
}
