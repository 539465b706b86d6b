import type { SaidError } from '../../protocol.ts'
import type { Texts } from '../texts/english.ts'
import { SaidFailure } from '../vault-client.ts'

export interface Explained {
  readonly text: string
  /** As programs say it: for who asks for help. */
  readonly detail: string
}

/** What went wrong, in words of a person who has never seen it. */
export function explain(error: unknown, texts: Texts): Explained {
  if (!(error instanceof SaidFailure)) {
    return {
      text: texts.errors.INTERNAL ?? '',
      detail: error instanceof Error ? error.message : String(error),
    }
  }
  const { said } = error
  return { text: textOf(said, texts), detail: `${said.code}: ${said.message}` }
}

function textOf(said: SaidError, texts: Texts): string {
  if (said.code !== 'KEY_WRONG') return texts.errors[said.code] ?? said.message
  if (said.hint === 'other-generation') return texts.otherGeneration
  if (said.message.startsWith('this share is not')) return texts.drillNotAsked
  if (said.message.startsWith('this key is not')) return texts.drillKeyNotAsked
  return said.message.includes('password') ? texts.passwordWrong : texts.keyWrong
}
