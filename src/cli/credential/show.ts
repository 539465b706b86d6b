import type { Command } from 'commander'
import type { CredentialRecord } from '../../ports/credential.ts'
import type { Context } from '../context.ts'
import { formatBytes, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { facts } from '../table.ts'
import { knownCredential } from './known.ts'

interface ShowOptions {
  readonly reveal?: true
  readonly json?: true
}

export function defineCredentialShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('show one credential; its secrets only with --reveal, which the audit trail tells of')
    .argument('<credential>', 'its id or title')
    .option('--reveal', 'show the secrets too')
    .option('--json', 'print it as JSON; secrets are [secret] without --reveal')
    .addHelpText(
      'after',
      example('redoma credential show "core router"', 'redoma credential show db --reveal'),
    )
    .action(async (text: string, options: ShowOptions) => {
      await using instance = await context.services.openInstance()
      await knownCredential(instance.catalogue.credentials, text)
      const record = await instance.showCredential(text, options.reveal === true)
      if (options.reveal) instance.log.warn('credential revealed', { credential: record.id })
      const { terminal } = context
      if (options.json) terminal.printJson(await jsonOf(record, options.reveal === true))
      else terminal.print(...facts(factsOf(record, options.reveal === true), terminal.style))
    })
}

/** Without `reveal` each `Secret` writes itself as `[secret]`. */
async function jsonOf(record: CredentialRecord, reveal: boolean): Promise<unknown> {
  if (!reveal) return { ...record, attachments: record.attachments.map(({ name, size }) => ({ name, size })) }
  const { encodeCredential } = await import('../../ports/credential-json.ts')
  return encodeCredential(record)
}

function factsOf(record: CredentialRecord, reveal: boolean): [string, string][] {
  const shown = (secret: { reveal(): string } | undefined): string | undefined =>
    secret === undefined ? undefined : reveal ? printable(secret.reveal()) : '[secret]'
  const pairs: [string, string | undefined][] = [
    ['id', record.id],
    ['title', record.title],
    ['kind', record.kind],
    ['user', record.user],
    ['secret', shown(record.secret)],
    ['host', record.host],
    ['port', record.port?.toString()],
    ['url', record.url],
    ['database', record.database],
    ['folder', record.folder],
    ['owner', record.owner],
    ['tags', record.tags.length === 0 ? undefined : record.tags.join(', ')],
    ['notes', shown(record.notes)],
    ['totp', shown(record.totp)],
    ...record.fields.map(({ name, value, hidden }): [string, string | undefined] => [
      `field ${printable(name)}`,
      hidden ? shown(value) : printable(value.reveal()),
    ]),
    ...record.attachments.map(({ name, size }): [string, string] => [
      'attachment',
      `${name}, ${formatBytes(size)}`,
    ]),
    ['changed', record.changedAt === undefined ? undefined : formatTime(record.changedAt)],
    ...record.history.map(({ secret, until }): [string, string | undefined] => [
      `until ${formatTime(until)}`,
      shown(secret),
    ]),
  ]
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, printable(value)]]))
}
