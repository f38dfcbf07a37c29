/** What an answer does to others of the same company in this sequence: its own rule, else that of the team. */
import { NumberInput, Select, Stack } from '@mantine/core'
import { useState } from 'react'
import { COMPANY_RULES, type CompanyRule, companyRuleInWords } from '../lib/company-rules.ts'
import type { Sequence, SequenceInput } from '../lib/sequence-types.ts'
import { useSession } from '../lib/session.ts'

interface CompanyAnswersProps {
  sequence: Sequence
  change: (input: SequenceInput) => void
}

const OF_TEAM = 'team'

export function CompanyAnswers({ sequence, change }: CompanyAnswersProps) {
  const { team } = useSession()
  const saved = sequence.same_account_reply_policy ?? null
  const ofTeam = team.same_account_reply_policy as CompanyRule
  const rule = saved ?? ofTeam
  return (
    <Stack gap={12}>
      <Select
        label="When one person of a company answers"
        description="A company is an account, or else the domain of the address; never Gmail and the like."
        allowDeselect={false}
        data={[
          { value: OF_TEAM, label: `As the team: ${companyRuleInWords(ofTeam).toLowerCase()}` },
          ...COMPANY_RULES,
        ]}
        value={saved ?? OF_TEAM}
        onChange={(value) =>
          change({ same_account_reply_policy: value === OF_TEAM ? null : (value as CompanyRule) })
        }
        data-testid="sequence-company-rule"
      />
      {rule === 'delay' ? <DelayDays sequence={sequence} change={change} /> : null}
    </Stack>
  )
}

function DelayDays({ sequence, change }: CompanyAnswersProps) {
  const { team } = useSession()
  const saved = sequence.same_account_reply_delay_days ?? null
  const [days, setDays] = useState<number | string>(saved ?? '')
  const save = () => {
    const next = days === '' ? null : Number(days)
    if (next !== saved) change({ same_account_reply_delay_days: next })
  }
  return (
    <NumberInput
      label="Days after the answer"
      description={`Empty: as the team, ${team.same_account_reply_delay_days}.`}
      min={0}
      max={1000}
      allowDecimal={false}
      value={days}
      onChange={setDays}
      onBlur={save}
      w={280}
    />
  )
}
