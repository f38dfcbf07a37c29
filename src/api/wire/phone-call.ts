/** A call as the wire says it, with every recorded key. */
import { Type } from 'typebox'
import type { PhoneCallRow } from '../../store/phone-calls.ts'
import { isoWithOffset } from './instant.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])

export const WirePhoneCall = Type.Object(
  {
    id: Type.String(),
    user_id: Type.String(),
    account_id: TextOrNull,
    contact_id: TextOrNull,
    phone_call_outcome_id: TextOrNull,
    phone_call_purpose_id: TextOrNull,
    status: Type.String(),
    logged: Type.Boolean(),
    from_number: TextOrNull,
    to_number: TextOrNull,
    start_time: Type.String(),
    end_time: Type.String(),
    duration: Type.Union([Type.Integer(), Type.Null()], { description: 'Seconds; null: nobody has said.' }),
    note: TextOrNull,
    outreach_task_id: Type.Union([Type.String(), Type.Null()], {
      description: 'The task that it completed.',
    }),
  },
  { title: 'PhoneCall', additionalProperties: true },
)

/** Of telephones, recordings and other systems, which Segue has none of. */
const ABSENT = {
  voice_setting_id: null,
  recording_url: null,
  twilio_call_sid: null,
  call_identifier: null,
  agent_call_sid: null,
  inbound: false,
  transcription_too_long: null,
  twilio_recording_sid: null,
  need_recording_upload: false,
  salesforce_id: null,
  hubspot_id: null,
  conference_id: null,
  opportunity_id: null,
  voicemail_dropped: false,
  parallel_dial_item_id: null,
  transcribed: false,
  transcribing: false,
  transcription_progress: 0,
}

/** `accountId`: where the call itself names none, the company of its contact. */
export function wirePhoneCall(call: PhoneCallRow, { accountId }: { accountId: string | null }) {
  return {
    ...ABSENT,
    id: call.id,
    user_id: call.userId,
    account_id: accountId,
    contact_id: call.contactId,
    phone_call_outcome_id: call.outcomeId,
    phone_call_purpose_id: call.purposeId,
    from_number: call.fromNumber,
    to_number: call.toNumber,
    start_time: isoWithOffset(call.startsAt),
    end_time: isoWithOffset(call.endsAt),
    logged: call.logged,
    note: call.note,
    status: call.status,
    outreach_task_id: call.taskId,
    note_text: call.note ?? '',
    duration: call.seconds,
  }
}
