/**
 * A real SMTP server on a loopback port that records every mail it took and misbehaves on request at any stage of the dialogue.
 * It never delivers anything by itself; `onMail` may.
 */
import net from 'node:net'
import { TLSSocket } from 'node:tls'

export type SinkStage = 'banner' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body' | 'final'

/** `hang`: never answer. `drop`: cut the connection (at `body`: in the middle of it; at `final`: the mail was taken, the answer is lost). */
export type SinkAct = 'go' | 'hang' | 'drop' | { reply: string } | { after: Promise<unknown> }

export interface SinkEvent {
  stage: SinkStage
  /** 1 for the first connection. */
  session: number
  /** 1 for the first mail of this session. */
  mail: number
  /** The address at `mail` and `rcpt`, the user at `auth`. */
  value: string
}

export interface SinkMail {
  envelopeFrom: string
  recipients: string[]
  raw: string
  messageId: string
  user: string | null
  session: number
  /** False when the connection was cut after the final dot: the client cannot know. */
  answered: boolean
}

export interface SinkOptions {
  behave?: (event: SinkEvent) => SinkAct
  /** Logins that are taken; without it every login is. */
  users?: Record<string, string>
  /** Judges the tokens of XOAUTH2, instead of `users`. */
  takesToken?: (user: string, accessToken: string) => boolean
  tls?: { key: string; cert: string; mode: 'tls' | 'starttls' }
  extensions?: string[]
  /** Called before the mail is answered: a test may deliver it somewhere. */
  onMail?: (mail: SinkMail) => Promise<void>
  /** The answer to a taken mail. */
  accepted?: (mail: SinkMail) => string
  port?: number
  host?: string
}

const EXTENSIONS = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE 20000000', 'ENHANCEDSTATUSCODES']
/** Enough that the client has written more than its socket buffers hold by the time of the cut. */
const BODY_CUT_BYTES = 1_000

export class SmtpSink {
  readonly mails: SinkMail[] = []
  /** Every command line of every session, in order, `AUTH` without its argument. */
  readonly commands: string[] = []
  sessions = 0
  behave: (event: SinkEvent) => SinkAct
  readonly options: SinkOptions
  private readonly server: net.Server
  private readonly sockets = new Set<net.Socket>()
  private readonly watchers = new Set<() => void>()

  constructor(options: SinkOptions) {
    this.options = options
    this.behave = options.behave ?? (() => 'go')
    this.server = net.createServer((socket) => this.serve(socket))
  }

  get port(): number {
    return (this.server.address() as net.AddressInfo).port
  }

  /** Connections that are open now. */
  get open(): number {
    return this.sockets.size
  }

  listen(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(this.options.port ?? 0, this.options.host ?? '127.0.0.1', () => resolve(this))
    })
  }

  /** Resolves when `condition` holds; asked again after every command and mail. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return
        this.watchers.delete(look)
        resolve()
      }
      this.watchers.add(look)
      look()
    })
  }

  noticed(): void {
    for (const look of [...this.watchers]) look()
  }

  /** Cuts every open connection; the server goes on listening. */
  dropAll(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  /** Writes on every open connection and ends it: the last words of a server that goes away. */
  writeAndDrop(words: string): void {
    for (const socket of this.sockets) socket.end(words)
  }

  close(): Promise<void> {
    this.dropAll()
    return new Promise((resolve) => this.server.close(() => resolve()))
  }

  private serve(plain: net.Socket): void {
    this.sockets.add(plain)
    plain.on('close', () => {
      this.sockets.delete(plain)
      this.noticed()
    })
    plain.on('error', () => plain.destroy())
    const session = new SinkSession(this, ++this.sessions, plain)
    if (this.options.tls?.mode === 'tls') session.encrypt()
    void session.greet()
  }
}

class SinkSession {
  private readonly sink: SmtpSink
  private readonly number: number
  private socket: net.Socket
  private buffered = Buffer.alloc(0)
  private working: Promise<void> = Promise.resolve()
  private from = ''
  private recipients: string[] = []
  private user: string | null = null
  private mail = 1
  private inData = false
  private authSteps: ((line: string) => void) | null = null

  constructor(sink: SmtpSink, number: number, socket: net.Socket) {
    this.sink = sink
    this.number = number
    this.socket = socket
    this.listen()
  }

  encrypt(): void {
    const { key, cert } = this.sink.options.tls!
    this.socket.removeAllListeners('data')
    this.socket = new TLSSocket(this.socket, { isServer: true, key, cert })
    this.socket.on('error', () => this.socket.destroy())
    this.buffered = Buffer.alloc(0)
    this.listen()
  }

  greet(): Promise<void> {
    return this.answer('banner', '', '220 sink.test ESMTP')
  }

  private listen(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.buffered = Buffer.concat([this.buffered, chunk])
      this.working = this.working.then(() => this.drain())
    })
  }

  private async drain(): Promise<void> {
    for (;;) {
      if (this.inData) {
        if (!(await this.takeBody())) return
        continue
      }
      const end = this.buffered.indexOf('\r\n')
      if (end < 0 || this.socket.destroyed) return
      const line = this.buffered.subarray(0, end).toString('utf8')
      this.buffered = this.buffered.subarray(end + 2)
      if (this.authSteps) this.authSteps(line)
      else await this.command(line)
      this.sink.noticed()
    }
  }

  private async command(line: string): Promise<void> {
    const verb = line.slice(0, 4).toUpperCase()
    const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
    this.sink.commands.push(verb === 'AUTH' ? line.split(' ').slice(0, 2).join(' ') : line)
    if (verb === 'EHLO' || verb === 'HELO') return this.answer('ehlo', '', this.hello())
    if (verb === 'STAR' && this.sink.options.tls) {
      this.write('220 2.0.0 go ahead')
      return this.encrypt()
    }
    if (verb === 'AUTH') return this.login(line)
    if (verb === 'MAIL') {
      this.from = address
      this.recipients = []
      return this.answer('mail', address, '250 2.1.0 ok')
    }
    if (verb === 'RCPT')
      return this.answer('rcpt', address, '250 2.1.5 ok', () => this.recipients.push(address))
    if (verb === 'DATA') return this.data()
    if (verb === 'RSET') {
      this.recipients = []
      return this.write('250 2.0.0 reset')
    }
    if (verb === 'NOOP') return this.write('250 2.0.0 ok')
    if (verb === 'QUIT') {
      this.write('221 2.0.0 bye')
      this.socket.end()
      return
    }
    this.write('502 5.5.1 what?')
  }

  private hello(): string {
    const { tls, extensions, users, takesToken } = this.sink.options
    const offer = tls?.mode === 'starttls' && !(this.socket instanceof TLSSocket) ? ['STARTTLS'] : []
    const login = users || takesToken ? ['AUTH PLAIN LOGIN XOAUTH2'] : ['AUTH PLAIN LOGIN']
    const all = ['sink.test', ...(extensions ?? EXTENSIONS), ...login, ...offer]
    return all.map((one, i) => `250${i === all.length - 1 ? ' ' : '-'}${one}`).join('\r\n')
  }

  private async login(line: string): Promise<void> {
    const [, method, initial] = line.split(' ')
    const decode = (text: string) => Buffer.from(text, 'base64').toString('utf8')
    const ask = (prompt: string) =>
      new Promise<string>((resolve) => {
        this.write(`334 ${prompt}`)
        this.authSteps = (answer) => {
          this.authSteps = null
          resolve(decode(answer))
        }
      })
    if (method === 'PLAIN') {
      const [, user, password] = decode(initial ?? '').split('\0')
      return this.loggedIn(user ?? '', password ?? '')
    }
    if (method === 'XOAUTH2') {
      const found = /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)/.exec(decode(initial ?? ''))
      const [, user = '', token = ''] = found ?? []
      const { takesToken } = this.sink.options
      if (takesToken?.(user, token) ?? this.knows(user, token)) return this.welcome(user)
      // As Google says it: the reason as a challenge, and the refusal after the client's empty answer.
      void ask(Buffer.from('{"status":"400","schemes":"Bearer"}').toString('base64')).then(() =>
        this.refuse(),
      )
      return
    }
    void ask('VXNlcm5hbWU6').then(async (user) => {
      const password = await ask('UGFzc3dvcmQ6')
      await this.loggedIn(user, password)
    })
  }

  private loggedIn(user: string, password: string): Promise<void> {
    if (this.knows(user, password)) return this.welcome(user)
    this.refuse()
    return Promise.resolve()
  }

  private knows(user: string, password: string): boolean {
    const { users } = this.sink.options
    return !users || users[user] === password
  }

  private refuse(): void {
    this.write('535 5.7.8 Error: authentication failed')
  }

  private welcome(user: string): Promise<void> {
    this.user = user
    return this.answer('auth', user, '235 2.7.0 welcome')
  }

  private async data(): Promise<void> {
    if (this.recipients.length === 0) return this.write('503 5.5.1 no recipients')
    await this.answer('data', '', '354 go ahead', () => {
      this.inData = true
    })
  }

  /** True when a whole body was taken. */
  private async takeBody(): Promise<boolean> {
    const end = this.buffered.indexOf('\r\n.\r\n')
    if (end < 0) {
      if (this.buffered.length > BODY_CUT_BYTES && this.act('body', '') === 'drop') {
        this.socket.pause()
        this.socket.destroy()
      }
      return false
    }
    const raw = this.buffered
      .subarray(0, end + 2)
      .toString('utf8')
      .replace(/\r\n\.\./g, '\r\n.')
    this.buffered = this.buffered.subarray(end + 5)
    this.inData = false
    await this.taken(raw)
    this.sink.noticed()
    return true
  }

  private async taken(raw: string): Promise<void> {
    const act = this.act('final', '')
    const mail: SinkMail = {
      envelopeFrom: this.from,
      recipients: this.recipients,
      raw,
      messageId: /^message-id:\s*(<[^>]+>)/im.exec(raw)?.[1] ?? '',
      user: this.user,
      session: this.number,
      answered: act === 'go' || (typeof act === 'object' && 'after' in act),
    }
    this.mail++
    this.recipients = []
    if (typeof act === 'object' && 'reply' in act) return this.write(act.reply)
    this.sink.mails.push(mail)
    this.sink.noticed()
    await this.sink.options.onMail?.(mail)
    const reply = this.sink.options.accepted?.(mail) ?? `250 2.0.0 Ok: queued as S${this.sink.mails.length}`
    await this.perform(act, reply)
  }

  private act(stage: SinkStage, value: string): SinkAct {
    return this.sink.behave({ stage, session: this.number, mail: this.mail, value })
  }

  private async answer(stage: SinkStage, value: string, good: string, effect?: () => void): Promise<void> {
    const act = this.act(stage, value)
    if (act === 'go' || (typeof act === 'object' && 'after' in act)) effect?.()
    await this.perform(act, good)
  }

  private async perform(act: SinkAct, good: string): Promise<void> {
    if (act === 'hang') return
    if (act === 'drop') {
      this.socket.destroy()
      return
    }
    if (act === 'go') return this.write(good)
    if ('reply' in act) return this.write(act.reply)
    await act.after
    this.write(good)
  }

  private write(reply: string): void {
    if (!this.socket.destroyed) this.socket.write(`${reply}\r\n`)
  }
}

export function startSmtpSink(options: SinkOptions = {}): Promise<SmtpSink> {
  return new SmtpSink(options).listen()
}
