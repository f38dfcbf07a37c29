/** One wording: whether it begins a thread or answers in it, its subject, its body. */
import { Checkbox, SegmentedControl, Textarea } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { Notice } from '../ui/problem.tsx'
import { LoadingBlock } from '../ui/states.tsx'
import type { DraftVariant } from './draft.ts'
import { FilesField } from './files-field.tsx'
import classes from './steps.module.css'
import { SubjectField } from './subject-field.tsx'

const RichText = lazy(async () => ({ default: (await import('./rich-text.tsx')).RichText }))

/** HTML the editor would change when it opens it: shown as source instead, so that nothing is lost unseen. */
const KNOWN = /^(p|br|strong|b|em|i|u|s|a|ul|ol|li|blockquote)$/i
const isPlain = (html: string) =>
  [...html.matchAll(/<\/?([a-z0-9]+)([^>]*)>/gi)].every(
    ([, name = '', attributes = '']) => KNOWN.test(name) && !/\b(style|class|align)\s*=/i.test(attributes),
  )

interface VariantEditorProps {
  variant: DraftVariant
  /** What a reply in the thread goes out under; undefined when there is no earlier mail to answer. */
  threadSubject: string | undefined
  onChange: (patch: Partial<DraftVariant>) => void
}

export function VariantEditor({ variant, threadSubject, onChange }: VariantEditorProps) {
  const canReply = threadSubject !== undefined || variant.thread === 'reply_to_thread'
  const [source, setSource] = useState(() => !isPlain(variant.html))
  return (
    <div className={classes.editor}>
      {canReply ? (
        <SegmentedControl
          size="xs"
          aria-label="Thread"
          value={variant.thread}
          onChange={(thread) => onChange({ thread: thread as DraftVariant['thread'] })}
          data={[
            { value: 'new_thread', label: 'New thread' },
            { value: 'reply_to_thread', label: 'Reply in the same thread' },
          ]}
          style={{ alignSelf: 'flex-start' }}
        />
      ) : null}
      {variant.thread === 'reply_to_thread' ? (
        <Reply threadSubject={threadSubject} />
      ) : (
        <SubjectField subject={variant.subject} onChange={(subject) => onChange({ subject })} />
      )}
      {source ? (
        <Textarea
          aria-label="HTML source of the mail"
          value={variant.html}
          onChange={(event) => onChange({ html: event.currentTarget.value })}
          autosize
          minRows={8}
          maxRows={24}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        />
      ) : (
        <Suspense fallback={<LoadingBlock height={204} />}>
          <RichText key={variant.key} html={variant.html} onChange={(html) => onChange({ html })} />
        </Suspense>
      )}
      <FilesField ids={variant.attachmentIds} onChange={(attachmentIds) => onChange({ attachmentIds })} />
      <Below variant={variant} onChange={onChange} source={source} onSource={setSource} />
    </div>
  )
}

function Reply({ threadSubject }: { threadSubject: string | undefined }) {
  return threadSubject === undefined ? (
    <Notice tone="paused">
      No mail before this one begins a thread. Choose "New thread", or put one before it.
    </Notice>
  ) : (
    <div className={classes.reply}>Re: {threadSubject || 'the subject of the first mail'}</div>
  )
}

interface BelowProps {
  variant: DraftVariant
  onChange: (patch: Partial<DraftVariant>) => void
  source: boolean
  onSource: (source: boolean) => void
}

function Below({ variant, onChange, source, onSource }: BelowProps) {
  const plain = isPlain(variant.html)
  return (
    <div className={classes.below}>
      <Checkbox
        size="xs"
        label="With my signature"
        checked={variant.signature}
        onChange={(event) => onChange({ signature: event.currentTarget.checked })}
      />
      <Checkbox
        size="xs"
        label={source && !plain ? 'As HTML source (the editor would change parts of it)' : 'As HTML source'}
        checked={source}
        disabled={source && !plain}
        onChange={(event) => onSource(event.currentTarget.checked)}
      />
      {variant.approved ? null : (
        <Checkbox
          size="xs"
          label="Approved: may be sent"
          checked={false}
          onChange={() => onChange({ approved: true })}
          data-testid="approve-variant"
        />
      )}
    </div>
  )
}
