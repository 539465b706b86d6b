import { collectBytes, oneChunk, wipe } from '../../core/bytes.ts'
import { enarmor } from '../../crypto/age/armor.ts'
import { beginAgeEncryption } from '../../crypto/age/encrypt.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { DrillRecord, Subject } from '../../ports/guardian.ts'
import type { ShareList } from '../shares/share-list.ts'
import { answerDigest, newAnswerCode, questionText } from './answer-code.ts'
import type { DrillFile } from './drill-file.ts'

export interface DrillWish {
  /** A UUID. */
  readonly id: string
  readonly instanceName: string
  readonly startedAt: Date
  readonly expiresAt: Date
  readonly generation: { readonly number: number; readonly recipient: string; readonly fingerprint: string }
  /** Of a generation that has a quorum. */
  readonly shares?: ShareList | undefined
}

const challengeLimitBytes = 64 * 1024

/** A question for each share alone, and one for the whole; what is kept of their answers is a hash. */
export async function makeDrill(
  wish: DrillWish,
  primitives: Primitives,
): Promise<{ readonly file: DrillFile; readonly record: DrillRecord }> {
  const { id, generation, startedAt, expiresAt } = wish
  const questions: { subject: Subject; codeSha256: string }[] = []
  const ask = async (subject: Subject, recipient: string): Promise<string> => {
    const code = newAnswerCode()
    questions.push({ subject, codeSha256: answerDigest(id, subject, code) })
    return await challenge(questionText(id, subject, code), recipient, primitives)
  }
  const shares: { number: number; challenge: string }[] = []
  for (const { number, recipient } of wish.shares?.shares ?? []) {
    shares.push({ number, challenge: await ask(number, recipient) })
  }
  const whole = await ask('whole', generation.recipient)
  return {
    file: {
      schema: 'redoma-drill/1',
      drill: id,
      instance: wish.instanceName,
      generation: generation.number,
      fingerprint: generation.fingerprint,
      expires: expiresAt.toISOString(),
      shares,
      whole,
    },
    record: { id, generation: generation.number, startedAt, expiresAt, questions },
  }
}

async function challenge(text: string, recipient: string, primitives: Primitives): Promise<string> {
  const encryption = await beginAgeEncryption([recipient], primitives)
  wipe(encryption.fileKey)
  const parts = encryption.ciphertext(oneChunk(new TextEncoder().encode(text)))
  return enarmor(await collectBytes(parts, challengeLimitBytes))
}
