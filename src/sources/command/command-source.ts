import { messageOf, RedomaError } from '../../core/errors.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { parseCredential } from '../../ports/credential-json.ts'
import type { SecretsSource } from '../../ports/source.ts'
import { linesOf } from './lines.ts'
import { type ProgramLimits, runProgram } from './program.ts'

/** Another vault: a program whose standard output is one credential as JSON on each line. */
export function commandSource(
  name: string,
  argv: readonly string[],
  limits: ProgramLimits = usualLimits,
): SecretsSource {
  return { name, records: (signal) => records(name, argv, limits, signal) }
}

const usualLimits: ProgramLimits = { milliseconds: 10 * 60_000, outputBytes: 1024 ** 3 }
/** An attachment of 32 MiB in base64, and what is around it. */
const lineLimitBytes = 64 * 1024 * 1024

async function* records(
  name: string,
  argv: readonly string[],
  limits: ProgramLimits,
  signal: AbortSignal,
): AsyncGenerator<CredentialRecord> {
  const ids = new Set<string>()
  let line = 0
  try {
    for await (const text of linesOf(runProgram(argv, limits, signal), lineLimitBytes)) {
      line++
      if (text.trim() === '') continue
      const record = parseLine(text)
      if (ids.has(record.id)) throw new RedomaError('DATA_DAMAGED', 'its id was on an earlier line')
      ids.add(record.id)
      yield record
    }
  } catch (error) {
    signal.throwIfAborted()
    throw unreadable(name, line, error)
  }
}

function parseLine(text: string): CredentialRecord {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // V8's message quotes the text, which may be a secret.
    throw new RedomaError('DATA_DAMAGED', 'it is not JSON')
  }
  return parseCredential(json)
}

function unreadable(name: string, line: number, error: unknown): RedomaError {
  const where = error instanceof RedomaError && error.code === 'DATA_DAMAGED' ? `line ${line}: ` : ''
  return new RedomaError('SOURCE_UNREADABLE', `the source ${name}: ${where}${messageOf(error)}`, {
    hint: 'Nothing of this source is taken until it can all be read. Start its program by hand and see.',
    cause: error,
  })
}
