/** What a person sets for the whole team. A new rule about answers of others in a company looks again at whom the old one put off. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { sequencesByTeamRule } from '../store/sequences.ts'
import { type TeamChange, type TeamRow, teamById, updateTeam } from '../store/teams.ts'
import { followCompanyRule } from './follow-company.ts'

export async function changeTeam(
  db: Db,
  acting: { team: TeamId; actor: string; now: Instant; random: Random },
  change: TeamChange,
): Promise<TeamRow> {
  const { team } = acting
  const before = await teamById(db, team)
  const after = await updateTeam(db, team, change)
  const { sameAccountReply: rule, sameAccountDelayDays: delayDays } = before
  const [another, longer] = [after.sameAccountReply !== rule, after.sameAccountDelayDays !== delayDays]
  if (another || longer)
    await followCompanyRule(db, acting, await sequencesByTeamRule(db, { team, byDelay: !another }))
  return after
}
