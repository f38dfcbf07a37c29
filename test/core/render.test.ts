/** What leaves as a message, and what of a received one is shown. */
import { expect, test } from 'vitest'
import {
  type Draft,
  htmlOf,
  type Rendered,
  renderMessage,
  sanitizeInbound,
  sanitizeOutbound,
  textOf,
} from '../../src/render.ts'
import { at } from './wall-clock.ts'

const zone = 'America/New_York'
const draft: Draft = {
  subject: 'Hi {{first_name}}',
  bodyHtml: '<p>Hi {{first_name}},</p><p>how is {{company}}?</p>',
  values: { first_name: 'Ada', company: 'Acme & Sons' },
  now: at('2027-03-12T15:30', zone),
  zone,
}
const optOut = { template: '<p>Enough? <%Tell me%>.</p>', href: 'https://segue.acme.com/o/x?a=1&b=2' }
const link = '<a href="https://segue.acme.com/o/x?a=1&amp;b=2">'

function rendered(changes: Partial<Draft> = {}): Rendered {
  const found = renderMessage({ ...draft, ...changes })
  if (found.kind === 'problem') throw new Error(found.sentence)
  return found
}

test('subject, html and text are made from one template and one set of values', () => {
  expect(rendered()).toEqual({
    kind: 'rendered',
    subject: 'Hi Ada',
    html: '<p>Hi Ada,</p><p>how is Acme &amp; Sons?</p>',
    text: 'Hi Ada,\n\nhow is Acme & Sons?',
    missing: [],
  })
})

test('what is missing in subject and body is named once', () => {
  expect(rendered({ values: {} }).missing).toEqual(['first_name', 'company'])
})

test('a template that cannot be read comes back as its problem, subject first', () => {
  expect(renderMessage({ ...draft, subject: '{{first_name', bodyHtml: '{{' })).toMatchObject({
    kind: 'problem',
    line: 1,
    column: 1,
  })
  expect(renderMessage({ ...draft, bodyHtml: '<p>{{#if x}}</p>' })).toMatchObject({
    kind: 'problem',
    column: 4,
  })
})

test('a value can neither bring html nor another header', () => {
  const found = rendered({
    values: {
      first_name: '<img src=x onerror=alert(1)>\r\nBcc: eve@evil.test',
      company: '</p><script>x</script>',
    },
  })
  expect(found.subject).toBe('Hi <img src=x onerror=alert(1)> Bcc: eve@evil.test')
  expect(found.html).not.toMatch(/<img|<script/)
  expect(found.html).toContain('&lt;img src=x')
})

test('a value cannot turn a link into a script', () => {
  const bodyHtml = '<a href="{{site}}">site</a>'
  expect(rendered({ bodyHtml, values: { ...draft.values, site: 'javascript:alert(1)' } }).html).toBe(
    '<a>site</a>',
  )
  expect(rendered({ bodyHtml, values: { ...draft.values, site: 'www.acme.com/x?a=1' } }).html).toBe(
    '<a href="https://www.acme.com/x?a=1">site</a>',
  )
})

test('a body without any tag is text: its lines are kept', () => {
  const found = rendered({ bodyHtml: 'Hi {{first_name}},\n\nbye' })
  expect(found.html).toBe('Hi Ada,<br />\n<br />\nbye')
  expect(found.text).toBe('Hi Ada,\n\nbye')
})

test('the signature stands under the body, its braces untouched', () => {
  const found = rendered({ signatureHtml: '<b>Bob</b> {{x' })
  expect(found.html).toBe('<p>Hi Ada,</p><p>how is Acme &amp; Sons?</p><br /><div><b>Bob</b> {{x</div>')
})

test('the opt-out text stands at the end when the body has no place for it', () => {
  const found = rendered({ optOut })
  expect(found.html).toContain(`<br /><div><p>Enough? ${link}Tell me</a>.</p></div>`)
  expect(found.text).toMatch(/Enough\? Tell me \(https:\/\/segue\.acme\.com\/o\/x\?a=1&b=2\)\.$/)
})

test.each([
  ['<p>{{opt_out_message}}</p><p>Bye</p>'],
  ['<p><%Stop%></p><p>Bye</p>'],
  ['<p>&lt;%Stop%&gt;</p><p>Bye</p>'],
])('the opt-out text stands where %s puts it, and only there', (bodyHtml) => {
  const { html } = rendered({ bodyHtml, optOut })
  expect(html.split(link)).toHaveLength(2)
  expect(html).toMatch(/<p>Bye<\/p>$/)
})

test('the opt-out text stands at the end when the condition around its place is not met', () => {
  const bodyHtml = '<p>Bye</p>{{#if nothing}}<p>{{opt_out_message}}</p>{{#endif}}'
  expect(rendered({ bodyHtml, optOut }).html).toMatch(/^<p>Bye<\/p><br \/><div>.*<\/div>$/)
  expect(rendered({ bodyHtml: bodyHtml.replace('{{opt_out_message}}', '<%Stop%>'), optOut }).html).toContain(
    link,
  )
})

test.each([['{{opt_out_message}}'], ['<%Stop%>']])(
  'a snippet can be the place of the opt-out text: %s',
  (place) => {
    const snippets = new Map([['footer', `<p>${place}</p>`]])
    const { html } = rendered({ bodyHtml: '{{snippet:footer}}<p>Bye</p>', snippets, optOut })
    expect(html.split(link)).toHaveLength(2)
    expect(html).toMatch(/<p>Bye<\/p>$/)
  },
)

test('a contact whose name looks like the marker gets no link of it', () => {
  expect(
    rendered({ values: { ...draft.values, first_name: '<%x%>' }, optOut }).html.split(link),
  ).toHaveLength(2)
})

test('styles of a <style> element move to the elements; broken ones do no harm', () => {
  const bodyHtml = '<style>p { color: red } .big { font-size: 20px }</style><p class="big">x</p>'
  expect(rendered({ bodyHtml }).html).toBe('<p style="color: red; font-size: 20px">x</p>')
  expect(rendered({ bodyHtml: '<style>p { color: </style><p>x</p>' }).html).toContain('x</p>')
  expect(
    rendered({ bodyHtml: `${'<style>}}}{{#endif}}</style>'.replace('{{#endif}}', '')}<p>x</p>` }).html,
  ).toBe('<p>x</p>')
})

test('conditions around table rows survive', () => {
  const bodyHtml = '<table><tr><td>a</td></tr>{{#if x}}<tr><td>b</td></tr>{{#endif}}</table>'
  expect(rendered({ bodyHtml }).html).toBe('<table><tr><td>a</td></tr></table>')
  expect(rendered({ bodyHtml, values: { ...draft.values, x: '1' } }).html).toContain('<td>b</td>')
})

test.each([
  ['<script>alert(1)</script>x', 'x'],
  ['<p onclick="x()">y</p>', '<p>y</p>'],
  ['<a href=" java\nscript:alert(1)">y</a>', '<a>y</a>'],
  ['<a href="data:text/html,x">y</a>', '<a>y</a>'],
  ['<a href="//evil.test">y</a>', '<a>y</a>'],
  ['<img src="data:image/svg+xml;base64,AAAA" alt="a">', '<img alt="a" />'],
  ['<form action="https://evil.test"><input name=a><button>go</button></form>', 'go'],
  ['<iframe src="https://evil.test">x</iframe>y', 'y'],
  ['<svg><script>alert(1)</script></svg>y', 'y'],
  ['<meta http-equiv="refresh" content="0;url=https://evil.test"><base href="https://evil.test">y', 'y'],
  ['<link rel="stylesheet" href="https://evil.test"><title>t</title>y', 'y'],
  ['<p style="width: expression(alert(1)); color: red">y</p>', '<p style=" color: red">y</p>'],
  ['<p style="background: url(javascript:alert(1))">y</p>', '<p>y</p>'],
  ['<p style="background: u\\72l(x)">y</p>', '<p>y</p>'],
  ['<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>', ''],
  ['<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>y', 'y'],
])('of %s only %s leaves', (html, safe) => {
  expect(sanitizeOutbound(html).trim()).toBe(safe)
})

test('what mail is made of stays: tables, fonts, pictures, links', () => {
  const html =
    '<table width="600" cellpadding="0" bgcolor="#fff"><tr><td align="center" style="padding:4px">a</td></tr></table><font color="red">b</font><img src="cid:logo" width="10" alt="l" /><a href="mailto:a@b.c">m</a><a href="tel:+1">t</a>'
  expect(sanitizeOutbound(html)).toBe(html)
})

test('a received mail shows no picture from the network unless asked to, and pictures of its own always', () => {
  const html =
    '<img src="https://t.test/open.gif" alt="a"><img src="cid:1"><p style="background:url(https://t.test/x);color:red">x</p>'
  expect(sanitizeInbound(html)).toBe('<img alt="a" /><img src="cid:1" /><p style="color:red">x</p>')
  expect(sanitizeInbound(html, { remoteContent: true })).toBe(
    '<img src="https://t.test/open.gif" alt="a" /><img src="cid:1" /><p style="color:red">x</p>',
  )
})

test('a link in a received mail opens apart and says nothing of us', () => {
  expect(sanitizeInbound('<a href="https://a.test" target="_top" onclick="x()">y</a>')).toBe(
    '<a href="https://a.test" target="_blank" rel="noopener noreferrer nofollow">y</a>',
  )
})

test('a received mail cannot lay itself over the page', () => {
  expect(sanitizeInbound('<div style="position: fixed; top: 0; color: red">x</div>')).toBe(
    '<div style=" top: 0; color: red">x</div>',
  )
})

test('a hostile mail takes at most ten times as long to show as an ordinary one of its size', () => {
  const ofSize = (piece: string) => piece.repeat(Math.ceil(524_288 / piece.length))
  const ordinary = quickest(ofSize('<p>some words here</p>'))
  for (const piece of [
    '<b>',
    '<div><table>',
    '</p>',
    '<a href="x">',
    '<p style="a:b;',
    '<!--',
    '&',
    '<img src=',
  ]) {
    // Without the bound on nesting the first takes minutes.
    expect([piece, quickest(ofSize(piece)) < 10 * ordinary]).toEqual([piece, true])
  }
})

/** Milliseconds of the quicker of two runs. */
function quickest(html: string): number {
  const times = [0, 1].map(() => {
    const started = performance.now()
    textOf(sanitizeInbound(html))
    return performance.now() - started
  })
  return Math.min(...times)
}

test('the text has lists with dashes, links behind their words, and no pictures', () => {
  expect(
    textOf(
      '<h1>Title</h1><ul><li>one</li><li>two</li></ul><img src="cid:x" alt="logo"><a href="https://a.test/">a.test</a> <a href="https://b.test">here</a>',
    ),
  ).toBe('Title\n\n- one\n- two\n\na.test here (https://b.test)')
})

test('text shown as html keeps its lines and cannot bring tags', () => {
  expect(htmlOf('a <b>\r\nc')).toBe('a &lt;b&gt;<br>\nc')
})

test('the text part keeps a mailto link that carries a subject whole: it is the way to opt out by mail', () => {
  expect(textOf('<a href="mailto:rae@acme.test?subject=unsubscribe%20t0k">click here</a>')).toBe(
    'click here (mailto:rae@acme.test?subject=unsubscribe%20t0k)',
  )
  expect(textOf('<a href="mailto:rae@acme.test">rae@acme.test</a>')).toBe('rae@acme.test')
})
