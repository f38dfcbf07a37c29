/** Shows the HTML of a mail as its recipient sees it: on white, in a frame where no script runs, no form is sent and no remote picture loads. */
import { useCallback, useEffect, useRef, useState } from 'react'
import classes from './mail-frame.module.css'

const HEAD = `<base target="_blank"><meta name="referrer" content="no-referrer"><style>
html{color-scheme:light;background:#fff}
body{margin:0;padding:16px;font:14px/1.5 Arial,Helvetica,sans-serif;color:#1a1a1e;overflow-wrap:anywhere}
img{max-width:100%;height:auto}
blockquote{margin:8px 0 8px 0;padding-left:12px;border-left:2px solid #ddd;color:#555}
pre{white-space:pre-wrap;font:inherit}
</style>`

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Text mails are shown as text, their line breaks kept. */
const bodyOf = (html: string, text: string) => (html.trim() ? html : `<pre>${escaped(text)}</pre>`)

interface MailFrameProps {
  title: string
  html: string
  text?: string
  /** A phone is 360 px wide. */
  width?: number | undefined
  minHeight?: number
}

export function MailFrame({ title, html, text = '', width, minHeight = 80 }: MailFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState(minHeight)
  // allow-same-origin without allow-scripts: nothing in the mail can run, and its height can be read from outside.
  const measure = useCallback(() => {
    const content = frame.current?.contentDocument?.documentElement
    if (content) setHeight(Math.max(minHeight, content.getBoundingClientRect().height))
  }, [minHeight])
  useEffect(() => {
    if (!frame.current) return
    const observer = new ResizeObserver(measure)
    observer.observe(frame.current)
    return () => observer.disconnect()
  }, [measure])
  return (
    <div className={classes.paper} style={width ? { maxWidth: width } : undefined}>
      <iframe
        ref={frame}
        title={title}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        srcDoc={`<!doctype html><html><head>${HEAD}</head><body>${bodyOf(html, text)}</body></html>`}
        onLoad={measure}
        style={{ height }}
        data-testid="mail-frame"
      />
    </div>
  )
}
