import { collectBytes, oneChunk } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { dearmor } from '../../crypto/age/armor.ts'
import { decryptAge } from '../../crypto/age/decrypt.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'
import { shareKeyOf } from '../shares/share-key.ts'
import { questionText, readAnswerCode } from './answer-code.ts'
import type { AnswerFile, DrillFile } from './drill-file.ts'

export type Answer = AnswerFile['answers'][number]

/**
 * The answer of who keeps this share. Questions that are damaged, or not for it, are passed over: a drill comes by mail, and whoever carried it may
 * have put some of his own among them.
 *
 * @throws RedomaError `KEY_WRONG` when the drill does not ask this share: it is of another ceremony; `DATA_DAMAGED` when several of its questions
 *   are for this share, or one is not where it was made for
 */
export async function answerByShare(drill: DrillFile, share: Share, primitives: Primitives): Promise<Answer> {
  const { identity } = await shareKeyOf(share)
  const answers: Answer[] = []
  for (const { number, challenge } of drill.shares) {
    const code = await openChallenge(drill, number, challenge, [identity], primitives)
    if (code !== undefined) answers.push({ share: number, code })
  }
  const [answer, ...others] = answers
  if (others.length > 0) throw altered('several of its questions are for this share')
  if (answer !== undefined) return answer
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
  const code = await openChallenge(drill, 'whole', drill.whole, identities, primitives)
  if (code !== undefined) return { whole: true, code }
  throw new RedomaError(
    'KEY_WRONG',
    `this key is not that of generation ${drill.generation} of ${drill.instance}`,
  )
}

/** Nothing when none of them opens it, or it is damaged. @throws RedomaError `DATA_DAMAGED` when it opens, and is another question */
async function openChallenge(
  drill: DrillFile,
  subject: number | 'whole',
  challenge: string,
  identities: readonly Secret[],
  primitives: Primitives,
): Promise<string | undefined> {
  const text = await decrypted(challenge, identities, primitives)
  if (text === undefined) return undefined
  const [line = ''] = text.split('\n')
  const code = codeIn(line)
  if (code === undefined || text !== questionText(drill.drill, subject, code)) {
    throw altered('a question is not of this drill, or not where it was put')
  }
  return code
}

async function decrypted(
  challenge: string,
  identities: readonly Secret[],
  primitives: Primitives,
): Promise<string | undefined> {
  try {
    const file = dearmor(new TextEncoder().encode(challenge))
    const opened = decryptAge(oneChunk(file), { kind: 'identities', identities }, primitives)
    return new TextDecoder().decode(await collectBytes(opened, 100))
  } catch (error) {
    if (error instanceof RedomaError) return undefined
    throw error
  }
}

function codeIn(line: string): string | undefined {
  try {
    return readAnswerCode(line)
  } catch {
    return undefined
  }
}

function altered(what: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `the drill is not as it was made: ${what}`, {
    hint: 'Ask for it again, by another way.',
  })
}
