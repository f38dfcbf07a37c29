/** Files that emails carry: handed in here or at a step, deleted when no email carries them any more. */
import { Button, FileButton } from '@mantine/core'
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
import { Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import classes from './settings.module.css'

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
    <Section
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
    >
      {error && !data ? <ErrorState error={error} onRetry={refetch} /> : null}
      {!data && !error ? <LoadingRows rows={2} /> : null}
      {data?.attachments.length === 0 ? (
        <EmptyState icon={IconPaperclip} title="No file yet">
          An offer or a leaflet that emails carry. At most 5 MB; five files with 7 MB together go into one
          email.
        </EmptyState>
      ) : null}
      {data?.attachments.map((file) => (
        <Row key={file.id} file={file} />
      ))}
    </Section>
  )
}

function Row({ file }: { file: AttachedFile }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const remove = () =>
    run(async () => {
      await deleteFile(file.id)
      await queries.invalidateQueries({ queryKey: filesQuery.queryKey })
    })
  return (
    <div className={classes.row} data-testid="file">
      <div className={classes.what}>
        <a href={fileAddress(file.id)} download={file.file_name}>
          {file.file_name}
        </a>
        <div className="sg-quiet">{`${sizeOf(file.size)}. ${usedIn(file.used_in)}`}</div>
      </div>
      <Button
        size="compact-sm"
        variant="default"
        loading={busy}
        onClick={remove}
        aria-label={`Delete ${file.file_name}`}
      >
        Delete
      </Button>
    </div>
  )
}
