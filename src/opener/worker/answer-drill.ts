import { type DrillFile, encodeAnswers, parseDrill } from '../../bundle/drill/drill-file.ts'
import { type Answer, answerByShare, answerForWhole } from '../../bundle/drill/open-challenge.ts'
import { readIdentities } from '../../crypto/age/identity-file.ts'
import { portablePrimitives } from '../../crypto/portable.ts'
import { parseShare } from '../../crypto/slip39/parse-share.ts'
import type { DrillAnswer, OpeningKey } from '../protocol.ts'
import { passphraseOf } from './passphrase.ts'
import { bytesOf } from './read-blob.ts'

const limitBytes = 4 * 1024 * 1024

/** @throws RedomaError `FORMAT_UNKNOWN`, `LIMIT_EXCEEDED`, `FILE_FAILED` */
export async function readDrill(file: Blob): Promise<DrillFile> {
  return parseDrill(await bytesOf(file, limitBytes))
}

/** What the keeper of one card answers. @throws RedomaError `KEY_WRONG` when the drill does not ask that card */
export async function answerByCard(file: Blob, words: string): Promise<DrillAnswer> {
  const drill = await readDrill(file)
  return said(drill, await answerByShare(drill, parseShare(words), portablePrimitives()))
}

/** What those answer who have the whole key. @throws RedomaError `KEY_WRONG` */
export async function answerByKey(file: Blob, identityFile: Blob, key: OpeningKey): Promise<DrillAnswer> {
  const drill = await readDrill(file)
  const identities = await readIdentities(await bytesOf(identityFile, limitBytes), async () =>
    passphraseOf(key),
  )
  return said(drill, await answerForWhole(drill, identities, portablePrimitives()))
}

function said({ drill, expires }: DrillFile, answer: Answer): DrillAnswer {
  const file = encodeAnswers({ schema: 'redoma-drill-answer/1', drill, answers: [answer] })
  return {
    code: answer.code,
    card: 'share' in answer ? answer.share : undefined,
    expires,
    file: new Blob([file.slice()], { type: 'application/json' }),
  }
}
