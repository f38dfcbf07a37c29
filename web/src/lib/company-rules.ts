/** What happens to others of a company when one person of it answers. */
export type CompanyRule = 'ignore' | 'delay' | 'stop'

export const COMPANY_RULES: { value: CompanyRule; label: string }[] = [
  { value: 'ignore', label: 'The others go on' },
  { value: 'delay', label: 'The others wait some days' },
  { value: 'stop', label: 'The others are held until a person decides' },
]

export const companyRuleInWords = (rule: CompanyRule) =>
  COMPANY_RULES.find(({ value }) => value === rule)?.label ?? rule
