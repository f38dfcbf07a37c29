/** A contact as the fields of a form, and back. */
import type { Contact, ContactFields, Label } from '../lib/api-types.ts'

/** Only what was filled in: an empty field of a new contact is no wish. */
export const given = (fields: ContactFields): ContactFields =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  )

export const fieldsOf = (contact: Contact, labels: readonly Label[]): ContactFields => ({
  first_name: contact.first_name ?? '',
  last_name: contact.last_name ?? '',
  email: contact.email ?? '',
  title: contact.title ?? '',
  organization_name: contact.organization_name ?? '',
  city: contact.city ?? '',
  country: contact.country ?? '',
  direct_phone: contact.phone_numbers?.[0]?.raw_number ?? '',
  time_zone: contact.time_zone_source === 'stated' ? (contact.time_zone ?? '') : '',
  label_names: labels.filter((label) => contact.label_ids.includes(label.id)).map((label) => label.name),
})

/** Only what changed: what a person did not touch must not be written over. */
export const changed = (before: ContactFields, after: ContactFields): ContactFields =>
  Object.fromEntries(
    Object.entries(after).filter(
      ([key, value]) =>
        JSON.stringify(value ?? '') !== JSON.stringify(before[key as keyof ContactFields] ?? ''),
    ),
  )
