import type { Ground } from '../../base/ground.ts'
import type { Tags } from '../systemTags.ts'

/** What became of a mail at one recipient. */
export interface MailEvent {
  /** ms since the epoch */
  at: number
  recipient: string
  type: 'SEND' | 'DELIVERY' | 'BOUNCE' | 'COMPLAINT'
  /** Of a bounce: `Permanent` and `General`. */
  bounce?: { type: string; subType: string }
}

/** A mail that was sent, as its readers get it. */
export interface Mail {
  id: string
  account: string
  region: string
  /** ms since the epoch */
  at: number
  /** As it stands in the mail, with the name. */
  from: string
  to: string[]
  cc: string[]
  bcc: string[]
  replyTo: string[]
  subject: string
  text?: string
  html?: string
  /** In their order; of a raw mail all, else those that the request gives. */
  headers: [name: string, value: string][]
  attachments: string[]
  /** Bytes of the whole. */
  size: number
  events: MailEvent[]
}

/** An address or a domain that mails may be sent from. */
export interface SenderIdentity {
  name: string
  kind: 'EmailAddress' | 'Domain'
  created: number
  tags?: Tags
}

export interface MailTemplate {
  name: string
  subject: string
  text?: string
  html?: string
  created: number
  tags?: Tags
}

export interface Scope {
  account: string
  region: string
}

/** The mailbox of a cloud: every mail that SES has sent; and who may send. */
export interface SesStore {
  identity(scope: Scope, name: string): SenderIdentity | undefined
  /** In the order of their names. */
  identities(scope: Scope): SenderIdentity[]
  saveIdentity(scope: Scope, identity: SenderIdentity): void
  removeIdentity(scope: Scope, name: string): void
  template(scope: Scope, name: string): MailTemplate | undefined
  templates(scope: Scope): MailTemplate[]
  saveTemplate(scope: Scope, template: MailTemplate): void
  removeTemplate(scope: Scope, name: string): void
  /** The newest first. */
  mails(limit: number): Mail[]
  mail(id: string): Mail | undefined
  /** Mails since a time, in an account and region. */
  since(scope: Scope, at: number): Mail[]
  send(mail: Mail): void
  /** Hears of each mail. Gives what ends it. */
  watch(watcher: (mail: Mail) => void): () => void
  /** Whether recipients must be verified too, as in a new account. */
  readonly sandbox: boolean
  setSandbox(on: boolean): void
}

/** Older mails are forgotten. */
const KEPT = 5000

export const createSesStore = ({ state }: Ground): SesStore => {
  state.define(`
    create table if not exists ses_identities (
      account text, region text, name text, body text, primary key (account, region, name)) without rowid;
    create table if not exists ses_settings (key text primary key) without rowid;
    create table if not exists ses_templates (
      account text, region text, name text, body text, primary key (account, region, name)) without rowid;
    create table if not exists ses_mails (
      sequence integer primary key autoincrement, id text unique, account text, region text, at integer, body text);
    create index if not exists ses_mails_at on ses_mails (account, region, at)`)
  const named = <T extends { name: string }>(table: string) => {
    const one = state.prepare(`select body from ${table} where account = ? and region = ? and name = ?`)
    const all = state.prepare(`select body from ${table} where account = ? and region = ? order by name`)
    const put = state.prepare(`insert or replace into ${table} values (?, ?, ?, ?)`)
    const drop = state.prepare(`delete from ${table} where account = ? and region = ? and name = ?`)
    const parsed = (row: unknown) => JSON.parse((row as { body: string }).body) as T
    return {
      one({ account, region }: Scope, name: string) {
        const row = one.get(account, region, name)
        return row && parsed(row)
      },
      all: ({ account, region }: Scope) => all.all(account, region).map(parsed),
      put: ({ account, region }: Scope, record: T) =>
        void put.run(account, region, record.name, JSON.stringify(record)),
      drop: ({ account, region }: Scope, name: string) => void drop.run(account, region, name),
    }
  }
  const identities = named<SenderIdentity>('ses_identities')
  const templates = named<MailTemplate>('ses_templates')
  const newest = state.prepare('select body from ses_mails order by sequence desc limit ?')
  const mail = state.prepare('select body from ses_mails where id = ?')
  const since = state.prepare(
    'select body from ses_mails where account = ? and region = ? and at >= ? order by sequence',
  )
  const insert = state.prepare('insert into ses_mails (id, account, region, at, body) values (?, ?, ?, ?, ?)')
  const trim = state.prepare('delete from ses_mails where sequence <= (select max(sequence) from ses_mails) - ?')
  const mailOf = (row: unknown) => JSON.parse((row as { body: string }).body) as Mail
  const sandbox = state.prepare("select key from ses_settings where key = 'sandbox'")
  const enter = state.prepare("insert or ignore into ses_settings values ('sandbox')")
  const leave = state.prepare("delete from ses_settings where key = 'sandbox'")
  const watchers = new Set<(mail: Mail) => void>()
  return {
    identity: identities.one,
    identities: identities.all,
    saveIdentity: identities.put,
    removeIdentity: identities.drop,
    template: templates.one,
    templates: templates.all,
    saveTemplate: templates.put,
    removeTemplate: templates.drop,
    mails: (limit) => newest.all(limit).map(mailOf),
    mail(id) {
      const row = mail.get(id)
      return row && mailOf(row)
    },
    since: ({ account, region }, at) => since.all(account, region, at).map(mailOf),
    send(one) {
      state.transaction(() => {
        insert.run(one.id, one.account, one.region, one.at, JSON.stringify(one))
        trim.run(KEPT)
      })
      for (const watcher of watchers) watcher(one)
    },
    watch(watcher) {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    get sandbox() {
      return sandbox.get() !== undefined
    },
    setSandbox: (on) => void (on ? enter : leave).run(),
  }
}
