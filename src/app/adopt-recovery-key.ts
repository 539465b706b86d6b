import { checkValueOf, generationOf, type RecoveryKey } from '../bundle/ceremony/recovery-key.ts'
import { RedomaError } from '../core/errors.ts'
import type { Generation } from '../ports/catalogue.ts'
import { type BeginGenerationDeps, beginGeneration, nextNumber } from './begin-generation.ts'
import { ledgerSignerOf } from './ledger-signer.ts'
import { requireOwnKey } from './scopes/scope-key.ts'

export interface Adopted {
  readonly generation: Generation
  readonly before: Generation | undefined
  /** `SHA256:…`: no card that was made elsewhere has it. */
  readonly ledgerSigner: string
  readonly warnings: readonly string[]
}

/** The shortest beginning of a check value that is compared: nobody makes a second file with the same 80 bits. */
const leastDigits = 20

/**
 * Takes over the public side of a recovery key that was made elsewhere.
 *
 * @param checkValue as it stands on the card, of which the file is no witness: all of it or its beginning, blanks and capitals do not
 * count
 * @param scope the part of the vault that it is for; absent: all that has none of its own
 * @throws RedomaError `VERIFICATION_FAILED` when it is another one; `ALREADY_EXISTS` when the key has a generation already; and
 * what `RequireSecondPerson` throws
 */
export type AdoptRecoveryKey = (
  key: RecoveryKey,
  checkValue: string,
  signal: AbortSignal,
  scope?: string,
) => Promise<Adopted>

export function makeAdoptRecoveryKey(deps: BeginGenerationDeps): AdoptRecoveryKey {
  return async (key, checkValue, signal, scope) => {
    await requireOwnKey(deps.catalogue, scope)
    requireSame(key, checkValue)
    const all = await deps.catalogue.generations.list()
    const known = all.find((one) => one.fingerprint === key.fingerprint)
    if (known !== undefined) {
      throw new RedomaError(
        'ALREADY_EXISTS',
        `this is the recovery key of generation ${known.number} already`,
      )
    }
    const before = await deps.catalogue.generations.current(scope)
    const generation = { ...generationOf(key, await nextNumber(deps.catalogue)), scope }
    const warnings = await beginGeneration(deps, generation, 'glass.adopt', signal)
    return { generation, before, ledgerSigner: await ledgerSignerOf(deps.catalogue), warnings }
  }
}

/** No refusal says what the right value would be: it would be copied from there. */
function requireSame(key: RecoveryKey, typed: string): void {
  const digits = typed.replaceAll(/[\s:.-]/g, '').toLowerCase()
  const hint = 'It stands on the recovery card that was written at the ceremony.'
  if (!/^[0-9a-f]*$/.test(digits) || digits.length < leastDigits) {
    throw new RedomaError('USAGE', `that is no check value, nor its first ${leastDigits} digits`, { hint })
  }
  if (checkValueOf(key).startsWith(digits)) return
  if (key.fingerprint.startsWith(digits)) {
    throw new RedomaError('USAGE', 'that is the fingerprint; it says nothing of who could open the key', {
      hint: `What is asked for is the check value. ${hint}`,
    })
  }
  throw new RedomaError(
    'VERIFICATION_FAILED',
    'this is not the file that the check value is of; nothing was changed',
    { hint: 'Compare it once more with the card. If they differ, somebody has exchanged the file.' },
  )
}
