import { collectBytes } from '../../core/bytes.ts'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { dearmor } from '../../crypto/age/armor.ts'
import { decryptAge } from '../../crypto/age/decrypt.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'
import { shareKeyOf } from '../shares/share-key.ts'
import { readAnswerCode } from './answer-code.ts'
import type { AnswerFile, DrillFile } from './drill-file.ts'

export type Answer = AnswerFile['answers'][number]

/**
 * The answer of who keeps this share.
 *
 * @throws RedomaError `KEY_WRONG` when the drill does not ask this share: it is of another ceremony
 */
export async function answerByShare(drill: DrillFile, share: Share, primitives: Primitives): Promise<Answer> {
  const { identity } = await shareKeyOf(share)
  for (const { number, challenge } of drill.shares) {
    const code = await openChallenge(challenge, [identity], primitives)
    if (code !== undefined) return { share: number, code }
  }
  throw new RedomaError(
    'KEY_WRONG',
    `this share is not of generation ${drill.generation} of ${drill.instance}`,
    {
      hint: 'It is of a former ceremony, or of another instance.',
    },
  )
}

/**
 * The answer of who has the whole key, by password or with other guardians.
 *
 * @throws RedomaError `KEY_WRONG`
 */
export async function answerForWhole(
  drill: DrillFile,
  identities: readonly Secret[],
  primitives: Primitives,
): Promise<Answer> {
  const code = await openChallenge(drill.whole, identities, primitives)
  if (code !== undefined) return { whole: true, code }
  throw new RedomaError(
    'KEY_WRONG',
    `this key is not that of generation ${drill.generation} of ${drill.instance}`,
  )
}

/** Nothing when none of them opens it. */
async function openChallenge(
  challenge: string,
  identities: readonly Secret[],
  primitives: Primitives,
): Promise<string | undefined> {
  const file = dearmor(new TextEncoder().encode(challenge))
  try {
    const opened = decryptAge(only(file), { kind: 'identities', identities }, primitives)
    return readAnswerCode(new TextDecoder().decode(await collectBytes(opened, 100)))
  } catch (error) {
    if (isRedomaError(error, 'KEY_WRONG')) return undefined
    throw error
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
