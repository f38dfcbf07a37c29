/** Small received mails for tests, as raw text with CRLF. */

export function mail(headers: Record<string, string>, body = 'Hello'): string {
  const all = {
    From: 'Bob <bob@client.test>',
    To: 'sales@acme.test',
    Subject: 'Re: Hello Bob',
    Date: 'Tue, 02 Mar 2027 09:00:00 +0000',
    'Message-ID': '<answer@client.test>',
    'Content-Type': 'text/plain; charset=utf-8',
    ...headers,
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `${[...head, '', ...body.split('\n')].join('\r\n')}\r\n`
}
