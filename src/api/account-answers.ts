/** Gathers all that stands on the wire beside accounts, in a fixed number of queries however many there are. */
import { Type } from 'typebox'
import type { Id } from '../core/ids.ts'
import { accountFigures } from '../store/account-search.ts'
import { type AccountRow, accountsByIds } from '../store/accounts.ts'
import { customFieldsOf } from '../store/custom-fields.ts'
import { listIdsOf } from '../store/lists.ts'
import type { Call } from './route.ts'
import { wireAccountAlone } from './wire/account.ts'
import { customById } from './wire/custom-field.ts'

type Asking = Pick<Call, 'db' | 'caller'>

export const WireAccount = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    domain: Type.Union([Type.String(), Type.Null()]),
    phone: Type.Union([Type.String(), Type.Null()]),
    account_stage_id: Type.Union([Type.String(), Type.Null()]),
    owner_id: Type.Union([Type.String(), Type.Null()]),
    label_ids: Type.Array(Type.String()),
    typed_custom_fields: Type.Record(Type.String(), Type.Unknown()),
    created_at: Type.String(),
  },
  {
    title: 'Account',
    additionalProperties: true,
    description: 'Every recorded key; those not named here are null or their recorded default.',
  },
)

/** In the order of `ids`; unknown ids are left out. */
export async function accountsWire(call: Asking, ids: readonly Id[]) {
  const rows = await accountsByIds(call.db, { team: call.caller.teamId, ids })
  return accountRowsWire(
    call,
    ids.flatMap((id) => rows.get(id) ?? []),
  )
}

export async function accountRowsWire({ db, caller }: Asking, rows: readonly AccountRow[]) {
  const [team, ids] = [caller.teamId, rows.map((row) => row.id)]
  const [lists, fields, figures] = await Promise.all([
    listIdsOf(db, { team, memberIds: ids }),
    customFieldsOf(db, { team, modality: 'account' }),
    accountFigures(db, { team, ids }),
  ])
  return rows.map((row) =>
    wireAccountAlone(row, {
      teamPublicId: caller.teamPublicId,
      labelIds: lists.get(row.id) ?? [],
      custom: customById(row.custom, fields),
      figures: figures.get(row.id),
    }),
  )
}
