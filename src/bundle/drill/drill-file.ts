import { z } from 'zod'
import { canonicalJson } from '../../core/canonical-json.ts'
import { RedomaError } from '../../core/errors.ts'

/*
 * A drill on its way to guardians, and their answers on the way back (docs/formats/drill.md). Both are public: a challenge says something to one
 * key alone, and a code opens nothing.
 */

const limitBytes = 4 * 1024 * 1024
const armored = z
  .string()
  .max(64 * 1024)
  .startsWith('-----BEGIN AGE ENCRYPTED FILE-----')

const drillFile = z.strictObject({
  schema: z.literal('redoma-drill/1'),
  drill: z.uuid(),
  instance: z.string().max(200),
  generation: z.int().positive(),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  expires: z.iso.datetime(),
  shares: z.array(z.strictObject({ number: z.int().min(1).max(256), challenge: armored })).max(256),
  whole: armored,
})
export type DrillFile = z.output<typeof drillFile>

const answer = z.union([
  z.strictObject({ share: z.int().min(1).max(256), code: z.string().max(100) }),
  z.strictObject({ whole: z.literal(true), code: z.string().max(100) }),
])
const answerFile = z.strictObject({
  schema: z.literal('redoma-drill-answer/1'),
  drill: z.uuid(),
  answers: z.array(answer).min(1).max(300),
})
export type AnswerFile = z.output<typeof answerFile>

export function encodeDrill(file: DrillFile): Uint8Array {
  return new TextEncoder().encode(`${canonicalJson(file)}\n`)
}

export function encodeAnswers(file: AnswerFile): Uint8Array {
  return new TextEncoder().encode(`${canonicalJson(file)}\n`)
}

/** @throws RedomaError `FORMAT_UNKNOWN`, `LIMIT_EXCEEDED`; `DATA_DAMAGED` when it asks for a share twice */
export function parseDrill(bytes: Uint8Array): DrillFile {
  const parsed = drillFile.safeParse(jsonOf(bytes))
  if (parsed.success) return requireOneQuestionEach(parsed.data)
  throw new RedomaError('FORMAT_UNKNOWN', 'this is not a drill that this program knows', {
    hint: 'redoma glass drill start writes one.',
  })
}

/** @throws RedomaError `FORMAT_UNKNOWN`, `LIMIT_EXCEEDED` */
export function parseAnswers(bytes: Uint8Array): AnswerFile {
  const parsed = answerFile.safeParse(jsonOf(bytes))
  if (parsed.success) return parsed.data
  throw new RedomaError('FORMAT_UNKNOWN', 'these are not answers to a drill that this program knows', {
    hint: 'redoma glass drill open --out FILE and the page open.html write them.',
  })
}

function requireOneQuestionEach(drill: DrillFile): DrillFile {
  const numbers = new Set(drill.shares.map(({ number }) => number))
  if (numbers.size === drill.shares.length) return drill
  throw new RedomaError('DATA_DAMAGED', 'the drill is not as it was made: it asks for a share twice')
}

function jsonOf(bytes: Uint8Array): unknown {
  if (bytes.length > limitBytes) throw new RedomaError('LIMIT_EXCEEDED', 'this is too long for a drill')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
