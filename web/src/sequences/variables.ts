/** What a mail can be filled with. The same list that the template language documents. */

export interface Variable {
  label: string
  insert: string
}

const v = (label: string, name: string): Variable => ({ label, insert: `{{${name}}}` })

export const VARIABLE_GROUPS: { group: string; variables: Variable[] }[] = [
  {
    group: 'The person',
    variables: [
      { label: 'First name, or "there"', insert: '{{#if first_name}}{{first_name}}{{#else}}there{{#endif}}' },
      v('First name', 'first_name'),
      v('Last name', 'last_name'),
      v('Company', 'company'),
      v('Title', 'title'),
      v('City', 'location_city'),
      v('Country', 'location_country'),
      v('Email', 'email'),
    ],
  },
  {
    group: 'You',
    variables: [
      v('Your first name', 'sender_first_name'),
      v('Your last name', 'sender_last_name'),
      v('Your email', 'sender_email'),
    ],
  },
  {
    group: 'The day it is sent',
    variables: [
      v('Weekday', 'now_weekday'),
      v('Time of day', 'now_time_of_day'),
      v('Month', 'now_month'),
      v('Opt-out sentence', 'opt_out_message'),
    ],
  },
]
