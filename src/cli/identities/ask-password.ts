import { isRedomaError, messageOf } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { askSecret } from '../ask.ts'
import { printable } from '../printable.ts'
import type { Terminal } from '../terminal.ts'
import { type LoadedIdentityFile, openIdentityFiles, type Wanted } from './open-identity-files.ts'

/** A person who mistypes types again; a script does not. */
const attempts = 5

/**
 * The identities in `files` that the master password opens.
 *
 * @param passwordFile where it stands; else it is typed, again when it was mistyped
 * @throws RedomaError `KEY_WRONG`, and what `readIdentities` throws
 */
export async function askPassword(
  terminal: Terminal,
  passwordFile: string | undefined,
  files: readonly LoadedIdentityFile[],
  wanted: Wanted,
): Promise<readonly Secret[]> {
  const isTyped = terminal.interactive && passwordFile === undefined
  const ask = (): Promise<Secret> => askSecret(terminal, { prompt: 'Master password', file: passwordFile })
  for (let attempt = 1; ; attempt++) {
    try {
      return await openIdentityFiles(files, ask, 'this password', wanted, terminal)
    } catch (error) {
      if (!isTyped || attempt === attempts || !isRedomaError(error, 'KEY_WRONG')) throw error
      terminal.note(
        `${terminal.noteStyle.red('✗')} ${printable(messageOf(error))}. Look for capitals, hyphens and a missing word. Once more; Ctrl-C ends.`,
      )
    }
  }
}
