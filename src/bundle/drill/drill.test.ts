import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../../core/bytes.ts'
import { enarmor } from '../../crypto/age/armor.ts'
import { beginAgeEncryption } from '../../crypto/age/encrypt.ts'
import { generateIdentity } from '../../crypto/age/recipients.ts'
import { portablePrimitives } from '../../crypto/portable.ts'
import { parseShare, type Share } from '../../crypto/slip39/parse-share.ts'
import { splitSecret } from '../../crypto/slip39/split-secret.ts'
import type { Proof } from '../../ports/guardian.ts'
import { shareKeyOf } from '../shares/share-key.ts'
import { makeShareList } from '../shares/share-list.ts'
import { answerDigest, newAnswerCode, questionText, readAnswerCode } from './answer-code.ts'
import { type DrillFile, encodeAnswers, encodeDrill, parseAnswers, parseDrill } from './drill-file.ts'
import { judgeReadiness } from './judge-readiness.ts'
import { makeDrill } from './make-drill.ts'
import { answerByShare, answerForWhole } from './open-challenge.ts'

const primitives = portablePrimitives()
const id = '6a1f6f4e-0000-4000-8000-00000000000d'
const startedAt = new Date('2026-03-01T00:00:00Z')
const expiresAt = new Date('2026-03-15T00:00:00Z')

async function aQuorum(groups: readonly (readonly [string, number, number])[], groupThreshold: number) {
  const scheme = { groupThreshold, groups: groups.map(([, threshold, count]) => ({ threshold, count })) }
  const words = splitSecret(new Uint8Array(16).fill(7), scheme)
  const names = groups.map(([name]) => name)
  const list = { ...(await makeShareList(words, names, 'f'.repeat(64))), generation: 1 }
  return { list, shares: words.flat().map((one) => parseShare(one.reveal())) }
}

async function aDrill() {
  const pair = await generateIdentity('classic')
  const { list, shares } = await aQuorum([['guardians', 2, 3]], 1)
  const generation = { number: 1, recipient: pair.recipient, fingerprint: 'f'.repeat(64) }
  const wish = { id, instanceName: 'vault-1', startedAt, expiresAt, generation, shares: list }
  return { pair, shares, ...(await makeDrill(wish, primitives)) }
}

async function aQuestionFor(share: Share, text: string): Promise<string> {
  const { recipient } = await shareKeyOf(share)
  const encryption = await beginAgeEncryption([recipient], primitives)
  return enarmor(await collectBytes(encryption.ciphertext(Readable.from([Buffer.from(text)])), 10_000))
}

describe('a drill', () => {
  test('asks each guardian alone: the words of a share open its own question, and no other', async () => {
    const { file, record, shares } = await aDrill()

    const answers = await Promise.all(shares.map((share) => answerByShare(file, share, primitives)))

    expect(answers.map((answer) => 'share' in answer && answer.share)).toEqual([1, 2, 3])
    expect(new Set(answers.map(({ code }) => code)).size).toBe(3)
    for (const [at, { code }] of answers.entries()) {
      expect(
        record.questions.filter(({ codeSha256 }) => codeSha256 === answerDigest(id, at + 1, code)),
      ).toMatchObject([{ subject: at + 1 }])
    }
  })

  test('asks for the whole, which the recovery key opens and no share does', async () => {
    const { file, record, pair } = await aDrill()

    const { code } = await answerForWhole(file, [pair.identity], primitives)

    const digest = answerDigest(id, 'whole', code)
    expect(record.questions.find(({ subject }) => subject === 'whole')?.codeSha256).toBe(digest)
    const stranger = await generateIdentity('classic')
    await expect(answerForWhole(file, [stranger.identity], primitives)).rejects.toMatchObject({
      code: 'KEY_WRONG',
    })
  })

  test('says of a share of another ceremony that it is of another one', async () => {
    const { file } = await aDrill()
    const other = await aQuorum([['guardians', 2, 3]], 1)
    const [share = parseShare('')] = other.shares

    await expect(answerByShare(file, share, primitives)).rejects.toMatchObject({ code: 'KEY_WRONG' })
  })

  test('is answered past a question that is damaged, and not at all when somebody has put in one of his own', async () => {
    const { file, shares } = await aDrill()
    const [first, second, third] = file.shares
    const [, , share = parseShare('')] = shares
    if (first === undefined || second === undefined || third === undefined) throw new Error('three shares')
    const damaged = { ...first, challenge: third.challenge.replace(/\n.{64}\n/, '\n') }
    const planted = { ...first, challenge: await aQuestionFor(share, questionText(id, 1, newAnswerCode())) }
    const moved = { ...first, challenge: third.challenge }
    const answer = (...shares: DrillFile['shares']) => answerByShare({ ...file, shares }, share, primitives)

    expect(await answer(damaged, second, third)).toMatchObject({ share: 3 })
    await expect(answer(planted, second, third)).rejects.toMatchObject({ code: 'DATA_DAMAGED' })
    await expect(answer(moved, second)).rejects.toMatchObject({ code: 'DATA_DAMAGED' })
    expect(() => parseDrill(encodeDrill({ ...file, shares: [third, second, third] }))).toThrow('twice')
  })

  test('is the same after it has travelled, and so are its answers', async () => {
    const { file, record } = await aDrill()
    const answers = {
      schema: 'redoma-drill-answer/1',
      drill: id,
      answers: [
        { share: 3, code: newAnswerCode() },
        { whole: true, code: newAnswerCode() },
      ],
    } as const

    expect(parseDrill(encodeDrill(file))).toEqual(file)
    expect(parseAnswers(encodeAnswers({ ...answers, answers: [...answers.answers] }))).toEqual(answers)
    expect(() => parseAnswers(encodeDrill(file))).toThrow('not answers')
    expect(() => parseDrill(Buffer.from('{}'))).toThrow('not a drill')
    for (const { codeSha256 } of record.questions) expect(JSON.stringify(file)).not.toContain(codeSha256)
  })
})

describe('an answer code', () => {
  test('is understood as it is dictated', () => {
    const code = newAnswerCode()

    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/)
    expect(
      readAnswerCode(` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}`),
    ).toBe(code)
    for (const text of ['', code.slice(1), `${code}0`, 'UUUU-UUUU-UUUU']) {
      expect(() => readAnswerCode(text)).toThrow('no answer code')
    }
  })
})

describe('readiness', () => {
  const day = (number: number): Date => new Date(startedAt.getTime() + number * 86_400_000)
  const proof = (subject: Proof['subject'], at: number): Proof => ({ generation: 1, subject, at: day(at) })
  const judge = async (proofs: readonly Proof[], now: number, needed: readonly [number, number] = [3, 5]) => {
    const { list } = await aQuorum([['guardians', ...needed]], 1)
    return judgeReadiness({ now: day(now), generation: 1, shares: list, proofs, drillDays: 90 })
  }

  test('counts who has proven a share, and since when the oldest proof is', async () => {
    const proofs = [proof(1, 0), proof(2, 5), proof(3, 2), proof(1, 9), proof(5, 4)]

    expect(await judge(proofs, 14)).toMatchObject({
      proven: 4,
      quorum: 'enough',
      oldestProofAt: day(2),
      provenAt: day(4),
      drill: 'in-time',
      dueAt: day(94),
    })
  })

  test('is thin when nobody of those who have proven theirs may be missing', async () => {
    expect(await judge([proof(1, 0), proof(2, 0), proof(4, 0)], 1)).toMatchObject({
      quorum: 'thin',
      drill: 'in-time',
    })
    expect(await judge([proof(1, 0), proof(2, 0)], 1)).toMatchObject({
      quorum: 'not-proven',
      drill: 'never-proven',
    })
    expect(await judge([proof('whole', 0)], 1)).toMatchObject({ quorum: 'not-proven', drill: 'in-time' })
  })

  test('is overdue when the proofs of enough of them have grown too old together', async () => {
    const proofs = [proof(1, 0), proof(2, 0), proof(3, 0)]

    expect((await judge(proofs, 89)).drill).toBe('in-time')
    expect((await judge([...proofs, proof(1, 80), proof(2, 80)], 90)).drill).toBe('overdue')
    expect((await judge([...proofs, proof('whole', 80)], 90)).drill).toBe('in-time')
  })

  test('does not count proofs of a clock that ran ahead: they would never be overdue', async () => {
    const proofs = [proof(1, 4000), proof(2, 4000), proof(3, 4000), proof('whole', 4000)]

    expect(await judge(proofs, 100)).toMatchObject({ proven: 0, quorum: 'not-proven', drill: 'never-proven' })
    expect(await judge([...proofs, proof('whole', 0)], 100)).toMatchObject({ drill: 'overdue' })
  })

  test('does not count proofs of another generation', async () => {
    const others = [1, 2, 3, 4].map((number) => ({ ...proof(number, 0), generation: 2 }))

    expect(await judge(others, 1)).toMatchObject({ proven: 0, drill: 'never-proven' })
  })

  test('of groups needs each of them', async () => {
    const { list } = await aQuorum(
      [
        ['board', 2, 3],
        ['operations', 1, 1],
      ],
      2,
    )
    const judgeGroups = (...numbers: number[]) =>
      judgeReadiness({
        now: day(1),
        generation: 1,
        shares: list,

        proofs: numbers.map((number) => proof(number, 0)),
        drillDays: 90,
      }).quorum

    expect(judgeGroups(1, 2, 3)).toBe('not-proven')
    expect(judgeGroups(1, 3, 4)).toBe('thin')
    expect(judgeGroups(1, 2, 3, 4)).toBe('thin')
  })

  test('of a key that a password alone opens is that of the whole', () => {
    const facts = { now: day(100), generation: 1, drillDays: 90 }

    expect(judgeReadiness({ ...facts, proofs: [proof('whole', 0)] })).toMatchObject({
      drill: 'overdue',
      shares: [],
    })
    expect(judgeReadiness({ ...facts, proofs: [] }).quorum).toBeUndefined()
  })
})
