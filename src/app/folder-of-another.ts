import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, RedomaError, systemCode } from '../core/errors.ts'

/** A line of a ledger is far shorter. */
const firstBytes = 64 * 1024

/**
 * Bundles, their identities and the ledger are of one instance alone: another would put its own over them. Whose a folder is, the
 * first line of its ledger says.
 *
 * @throws RedomaError `ALREADY_EXISTS` where it is of another instance, or has secrets and does not say whose;
 * `DESTINATION_UNREACHABLE` where it cannot be read
 */
export async function refuseFolderOfAnother(folder: string, instance: string): Promise<void> {
  const line = await orNothing(firstLine(join(folder, 'ledger.jsonl')))
  if (line !== undefined) {
    const writer = writerOf(line)
    if (writer === instance) return
    throw ofAnother(
      folder,
      writer === undefined ? 'a ledger that does not say whose it is' : `the ledger of instance ${writer}`,
    )
  }
  const secrets = await orNothing(readdir(join(folder, 'secrets')))
  if (secrets !== undefined && secrets.length > 0)
    throw ofAnother(folder, 'secrets, and no ledger that says whose they are')
}

function ofAnother(folder: string, what: string): RedomaError {
  return new RedomaError('ALREADY_EXISTS', `there is ${what} in ${folder}`, {
    hint: 'Each instance needs a folder of its own: give another one after --local. Only system backups can be shared: --repository.',
  })
}

async function firstLine(path: string): Promise<string> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(firstBytes), 0, firstBytes, 0)
  return buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? ''
}

function writerOf(line: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(line)
    const { instance } = Object(parsed) as { readonly instance?: unknown }
    return typeof instance === 'string' && /^[0-9a-f-]{36}$/.test(instance) ? instance : undefined
  } catch {
    return undefined
  }
}

async function orNothing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined
    throw new RedomaError(
      'DESTINATION_UNREACHABLE',
      `it cannot be told whose folder it is: ${messageOf(error)}`,
      {
        cause: error,
      },
    )
  }
}
