/** Three sequences to begin with. Plain words a person could have written; everything between braces is known for most contacts. */
import type { StepInput } from '../lib/sequence-types.ts'

export interface Starter {
  key: string
  name: string
  words: string
  steps: StepInput[]
}

/** Without a subject it goes on in the thread of the one before. */
const email = (wait: number, subject: string, paragraphs: string[]): StepInput => ({
  type: 'auto_email',
  wait_time: wait,
  wait_mode: 'day',
  emailer_touches: [
    {
      type: subject === '' ? 'reply_to_thread' : 'new_thread',
      status: 'approved',
      include_signature: true,
      weight: 1,
      emailer_template: { subject, body_html: paragraphs.map((text) => `<p>${text}</p>`).join('') },
    },
  ],
})

const HELLO = 'Hi {{#if first_name}}{{first_name}}{{#else}}there{{#endif}},'

export const STARTERS: Starter[] = [
  {
    key: 'introduction',
    name: 'Introduction',
    words: 'A first mail and two short follow-ups in the same thread, over a week.',
    steps: [
      email(0, 'A question about {{#if company}}{{company}}{{#else}}your team{{#endif}}', [
        HELLO,
        'I work with teams like yours on one thing: [what you do, in one sentence].',
        'Is that something you are looking at this quarter?',
        '{{sender_first_name}}',
      ]),
      email(2, '', [
        HELLO,
        'A short example: [one result, with a number].',
        'Would ten minutes this week make sense?',
        '{{sender_first_name}}',
      ]),
      email(4, '', [
        HELLO,
        'Should I come back to this later in the year, or is somebody else the right person to ask?',
        '{{sender_first_name}}',
      ]),
    ],
  },
  {
    key: 'after-event',
    name: 'After an event',
    words: 'Two mails to people you met, while they still remember you.',
    steps: [
      email(0, 'Good to meet you at [event]', [
        HELLO,
        'It was good to meet you at [event]. You mentioned [what they said].',
        'Here is what I promised: [link or answer].',
        '{{sender_first_name}}',
      ]),
      email(5, '', [
        HELLO,
        'Did you get a chance to look at it? I am glad to go through it with you.',
        '{{sender_first_name}}',
      ]),
    ],
  },
  {
    key: 'silent',
    name: 'Gone quiet',
    words: 'Two mails to people who were interested once.',
    steps: [
      email(0, 'Still of interest?', [
        HELLO,
        'We talked some months ago about [topic]. Since then [what is new].',
        'Is it worth picking up again?',
        '{{sender_first_name}}',
      ]),
      email(7, '', [
        HELLO,
        'If the time is not right, a short no is fine: then I will not write again about this.',
        '{{sender_first_name}}',
      ]),
    ],
  },
]

export const BLANK: Starter = { key: 'blank', name: 'Untitled sequence', words: 'An empty page.', steps: [] }
