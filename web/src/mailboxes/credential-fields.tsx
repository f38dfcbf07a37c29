/** The fields of a mailbox: address and names, the server that sends, the server that is read. */
import {
  Checkbox,
  NumberInput,
  PasswordInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Tls } from '../lib/mailbox-types.ts'
import { mailboxesQuery } from '../lib/mailboxes.ts'
import type { Account, Credentials } from './credentials.ts'
import classes from './mailboxes.module.css'

interface FieldsProps {
  given: Credentials
  onChange: (patch: Partial<Credentials>) => void
  /** A mailbox that is known already keeps its address and its stored passwords. */
  known?: boolean
  passwordLabel: string
}

export function CredentialFields({ given, onChange, known, passwordLabel }: FieldsProps) {
  return (
    <Stack gap={16}>
      <NameFields given={given} onChange={onChange} known={known ?? false} />
      <fieldset className={classes.fieldset}>
        <legend>Sending (SMTP)</legend>
        <AccountFields
          account={given.smtp}
          onChange={(smtp) => onChange({ smtp })}
          name="smtp"
          passwordLabel={passwordLabel}
          userPlaceholder={given.email || 'The address'}
          known={known ?? false}
        />
      </fieldset>
      <fieldset className={classes.fieldset}>
        <legend>Reading answers (IMAP)</legend>
        <Reading given={given} onChange={onChange} known={known ?? false} passwordLabel={passwordLabel} />
      </fieldset>
    </Stack>
  )
}

/** The address, and the name that people see beside it. */
export function NameFields({ given, onChange, known }: Omit<FieldsProps, 'passwordLabel'>) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12}>
      <TextInput
        label="Address"
        type="email"
        required
        withAsterisk={false}
        disabled={known ?? false}
        value={given.email}
        onChange={(event) => onChange({ email: event.currentTarget.value })}
        data-testid="mailbox-email"
      />
      <TextInput
        label="Name people see"
        value={given.fromName}
        onChange={(event) => onChange({ fromName: event.currentTarget.value })}
        data-testid="mailbox-from-name"
      />
    </SimpleGrid>
  )
}

function Reading({ given, onChange, known, passwordLabel }: FieldsProps) {
  const { data } = useQuery(mailboxesQuery)
  const others = (data ?? []).filter((mailbox) => mailbox.imap && mailbox.email !== given.email)
  return (
    <Stack gap={12}>
      <Switch
        label="This account has an inbox"
        checked={given.hasInbox}
        onChange={(event) => onChange({ hasInbox: event.currentTarget.checked })}
      />
      {given.hasInbox ? (
        <>
          <Checkbox
            size="xs"
            label="Same user and password as for sending"
            checked={given.sameLogin}
            onChange={(event) => onChange({ sameLogin: event.currentTarget.checked })}
          />
          <AccountFields
            account={given.imap}
            onChange={(imap) => onChange({ imap })}
            name="imap"
            passwordLabel={passwordLabel}
            userPlaceholder={given.email || 'The address'}
            known={known ?? false}
            hostOnly={given.sameLogin}
          />
        </>
      ) : (
        <Select
          label="Its answers arrive in"
          placeholder={others.length > 0 ? 'Choose a mailbox' : 'Connect the mailbox that gets them first'}
          data={others.map((mailbox) => ({ value: mailbox.id, label: mailbox.email }))}
          value={given.readsVia}
          onChange={(readsVia) => onChange({ readsVia })}
        />
      )}
    </Stack>
  )
}

const TLS: { value: Tls; label: string }[] = [
  { value: 'tls', label: 'TLS' },
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'none', label: 'None' },
]

interface AccountFieldsProps {
  account: Account
  onChange: (account: Account) => void
  name: string
  passwordLabel: string
  userPlaceholder: string
  known: boolean
  hostOnly?: boolean
}

function AccountFields({
  account,
  onChange,
  name,
  passwordLabel,
  userPlaceholder,
  known,
  hostOnly,
}: AccountFieldsProps) {
  const change = (patch: Partial<Account>) => onChange({ ...account, ...patch })
  return (
    <>
      <ServerFields account={account} onChange={change} name={name} />
      {hostOnly ? null : (
        <LoginFields
          account={account}
          onChange={change}
          name={name}
          passwordLabel={passwordLabel}
          userPlaceholder={userPlaceholder}
          known={known}
        />
      )}
    </>
  )
}

interface PartProps {
  account: Account
  onChange: (patch: Partial<Account>) => void
  name: string
}

function ServerFields({ account, onChange, name }: PartProps) {
  return (
    <div className={classes.server}>
      <TextInput
        label="Server"
        placeholder="mail.company.com"
        value={account.host}
        onChange={(event) => onChange({ host: event.currentTarget.value })}
        data-testid={`${name}-host`}
      />
      <NumberInput
        label="Port"
        min={1}
        max={65535}
        allowDecimal={false}
        hideControls
        value={account.port}
        onChange={(port) => onChange({ port: Number(port) })}
        data-testid={`${name}-port`}
      />
      <Select
        label="Encryption"
        allowDeselect={false}
        data={TLS}
        value={account.tls}
        onChange={(tls) => onChange({ tls: (tls ?? 'tls') as Tls })}
        data-testid={`${name}-tls`}
      />
    </div>
  )
}

interface LoginFieldsProps extends PartProps {
  passwordLabel: string
  userPlaceholder: string
  known: boolean
}

function LoginFields({ account, onChange, name, passwordLabel, userPlaceholder, known }: LoginFieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12} mt={12}>
      <TextInput
        label="User"
        placeholder={userPlaceholder}
        autoComplete="off"
        value={account.user}
        onChange={(event) => onChange({ user: event.currentTarget.value })}
        data-testid={`${name}-user`}
      />
      <PasswordInput
        label={passwordLabel}
        placeholder={known ? 'Unchanged' : ''}
        autoComplete="new-password"
        value={account.password}
        onChange={(event) => onChange({ password: event.currentTarget.value })}
        data-testid={`${name}-password`}
      />
    </SimpleGrid>
  )
}

/** What few people change: where answers go, other addresses of the account, the signature. */
export function MoreFields({ given, onChange }: Pick<FieldsProps, 'given' | 'onChange'>) {
  return (
    <Stack gap={12}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12}>
        <TextInput
          label="Answers go to"
          placeholder={given.hasInbox ? 'The address itself' : 'The mailbox that gets its answers'}
          value={given.replyTo}
          onChange={(event) => onChange({ replyTo: event.currentTarget.value })}
        />
        <TagsInput
          label="Other addresses of this account"
          value={given.aliases}
          onChange={(aliases) => onChange({ aliases })}
        />
      </SimpleGrid>
      <Textarea
        label="Signature"
        description="HTML, put under every mail that asks for it."
        autosize
        minRows={3}
        maxRows={10}
        value={given.signature}
        onChange={(event) => onChange({ signature: event.currentTarget.value })}
      />
    </Stack>
  )
}
