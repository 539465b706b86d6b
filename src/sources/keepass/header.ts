import kdbxweb from 'kdbxweb'
import { RedomaError } from '../../core/errors.ts'

/** What a file may ask of us before it is known that its password is right. KeePassXC's defaults ask for 64 MiB. */
const memoryLimitBytes = 1024 ** 3
/** Memory times passes; about a minute. */
const workLimitBytes = 64 * 1024 ** 3
const parallelismLimit = 64
const aesRoundsLimit = 100_000_000

/**
 * Refuses what would cost too much to open, before any of the cost arises.
 *
 * @throws RedomaError `LIMIT_EXCEEDED`; KdbxError where it is no header, or a damaged one
 */
export function checkHeader(data: ArrayBuffer): void {
  const kdbx = kdbxweb.Kdbx.create(new kdbxweb.Credentials(null), '')
  const context = new kdbxweb.KdbxContext({ kdbx })
  const header = kdbxweb.KdbxHeader.read(new kdbxweb.BinaryStream(data), context)
  const number = (key: string) => Number(header.kdfParameters?.get(key)?.valueOf() ?? 0)
  const memory = number('M')
  const isWithin =
    memory <= memoryLimitBytes &&
    memory * number('I') <= workLimitBytes &&
    number('P') <= parallelismLimit &&
    (header.keyEncryptionRounds ?? number('R')) <= aesRoundsLimit
  if (isWithin) return
  throw new RedomaError('LIMIT_EXCEEDED', 'the KeePass database takes too much memory or time to open', {
    hint: 'Lower the memory or the rounds in its encryption settings, and save it.',
  })
}
