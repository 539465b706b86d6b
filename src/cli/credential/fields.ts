import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import type { CredentialChanges } from '../../app/edit-credential.ts'
import { messageOf, RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import type { Attachment, CredentialKind } from '../../ports/credential.ts'
import { askSecret } from '../ask.ts'
import { parseCount } from '../parse.ts'
import type { Terminal } from '../terminal.ts'

/** The options that `add` and `edit` have in common: what is no secret is an option, what is one comes by other ways. */
export interface FieldOptions {
  readonly kind?: CredentialKind
  readonly user?: string
  readonly host?: string
  readonly port?: string
  readonly url?: string
  readonly database?: string
  readonly folder?: string
  readonly owner?: string
  readonly tag?: string[]
  readonly secretFile?: string
  readonly totpFile?: string
  readonly notesFile?: string
  readonly attach?: string[]
}

export function withFieldOptions(command: Command): Command {
  return command
    .option('--user <name>', 'user name, or the id of an access key')
    .option('--host <host>')
    .option('--port <number>')
    .option('--url <url>')
    .option('--database <name>')
    .option('--folder <path>', 'where it is filed: network/routers')
    .option('--owner <name>')
    .option('--tag <tag...>')
    .option('--secret-file <file>', 'take the secret from a file; - is standard input')
    .option('--totp-file <file>', 'take the TOTP seed or otpauth:// URI from a file')
    .option('--notes-file <file>', 'take the notes from a file')
    .option('--attach <file...>', 'files that belong to it: keys, certificates')
}

/** What the options say, and nothing else. An empty word takes a field away. */
export async function fieldsOf(terminal: Terminal, options: FieldOptions): Promise<CredentialChanges> {
  const { kind, tag, secretFile, totpFile, notesFile, attach } = options
  const secret = (file: string): Promise<Secret> => askSecret(terminal, { prompt: 'Secret', file })
  return {
    ...(kind === undefined ? {} : { kind }),
    ...plainFields(options),
    ...(tag === undefined ? {} : { tags: tag.filter((one) => one !== '') }),
    ...(secretFile === undefined ? {} : { secret: await secret(secretFile) }),
    ...(totpFile === undefined ? {} : { totp: await secret(totpFile) }),
    ...(notesFile === undefined ? {} : { notes: await secret(notesFile) }),
    ...(attach === undefined ? {} : { attachments: await Promise.all(attach.map(attachmentOf)) }),
  }
}

function plainFields(options: FieldOptions): CredentialChanges {
  const { user, host, port, url, database, folder, owner } = options
  const given = Object.entries({ user, host, url, database, folder, owner })
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => [name, text === '' ? undefined : text])
  return {
    ...(Object.fromEntries(given) as CredentialChanges),
    ...(port === undefined ? {} : { port: port === '' ? undefined : parseCount(port, 1) }),
  }
}

async function attachmentOf(path: string): Promise<Attachment> {
  const { attachmentOfBytes } = await import('../../ports/credential-json.ts')
  const content = await readFile(path).catch((error: unknown) => {
    throw new RedomaError('USAGE', `cannot attach ${path}`, { cause: new Error(messageOf(error)) })
  })
  return attachmentOfBytes(basename(path), new Uint8Array(content))
}
