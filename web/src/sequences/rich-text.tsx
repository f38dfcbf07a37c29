/** The wording of a mail as one writes it. Fetched only when a step is opened; it is the heaviest part of the page. */
import '@mantine/tiptap/styles.css'
import { RichTextEditor } from '@mantine/tiptap'
import { IconBraces } from '@tabler/icons-react'
import Link from '@tiptap/extension-link'
import { useEditor } from '@tiptap/react'
import StarterKit from '@tiptap/starter-kit'
import { VariableMenu } from './variable-menu.tsx'

interface RichTextProps {
  html: string
  onChange: (html: string) => void
}

export function RichText({ html, onChange }: RichTextProps) {
  const editor = useEditor({
    extensions: [
      StarterKit.configure({
        heading: false,
        codeBlock: false,
        code: false,
        horizontalRule: false,
        link: false,
      }),
      Link.configure({ openOnClick: false, defaultProtocol: 'https' }),
    ],
    content: html,
    editorProps: {
      attributes: {
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': 'Body of the mail',
        'data-testid': 'step-body',
      },
    },
    onUpdate: ({ editor: current }) => onChange(current.isEmpty ? '' : current.getHTML()),
  })
  return (
    <RichTextEditor editor={editor} variant="subtle">
      <RichTextEditor.Toolbar>
        <RichTextEditor.ControlsGroup>
          <RichTextEditor.Bold />
          <RichTextEditor.Italic />
          <RichTextEditor.Underline />
          <RichTextEditor.Link />
          <RichTextEditor.BulletList />
          <RichTextEditor.OrderedList />
        </RichTextEditor.ControlsGroup>
        <VariableMenu
          withSnippets
          target={
            <RichTextEditor.Control aria-label="Insert a variable" title="Insert a variable">
              <IconBraces size={16} stroke={1.75} />
            </RichTextEditor.Control>
          }
          onInsert={(text) => editor?.chain().focus().insertContent(text).run()}
        />
      </RichTextEditor.Toolbar>
      <RichTextEditor.Content mih={160} />
    </RichTextEditor>
  )
}
