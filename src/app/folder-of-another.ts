import { isRedomaError, RedomaError } from '../core/errors.ts'
import { type Destination, parseObjectName } from '../ports/destination.ts'

/** A line of a ledger is far shorter. */
const firstBytes = 64 * 1024
const newline = 0x0a

/**
 * Bundles, their identities and the ledger are of one instance alone: another would put its own over them. Whose a place is, the
 * first line of its ledger says.
 *
 * @param where the place, for people
 * @throws RedomaError `ALREADY_EXISTS` where it is of another instance, or has secrets and does not say whose; those of the destination
 */
export async function refuseFolderOfAnother(
  destination: Destination,
  where: string,
  instance: string,
  signal: AbortSignal,
): Promise<void> {
  const line = await firstLine(destination, signal)
  if (line !== undefined) {
    const writer = writerOf(line)
    if (writer === instance) return
    throw ofAnother(
      where,
      writer === undefined ? 'a ledger that does not say whose it is' : `the ledger of instance ${writer}`,
    )
  }
  const secrets = await destination.list('secrets/', signal)[Symbol.asyncIterator]().next()
  if (secrets.done !== true) throw ofAnother(where, 'secrets, and no ledger that says whose they are')
}

function ofAnother(where: string, what: string): RedomaError {
  return new RedomaError('ALREADY_EXISTS', `there is ${what} in ${where}`, {
    hint: 'Each instance needs a folder of its own: give another one. Only system backups can be shared: --repository.',
  })
}

async function firstLine(destination: Destination, signal: AbortSignal): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of destination.get(parseObjectName('ledger.jsonl'), undefined, signal)) {
      chunks.push(chunk)
      length += chunk.length
      if (chunk.includes(newline) || length >= firstBytes) break
    }
  } catch (error) {
    if (isRedomaError(error, 'OBJECT_NOT_FOUND')) return undefined
    throw error
  }
  return Buffer.concat(chunks).toString('utf8').split('\n', 1)[0] ?? ''
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
