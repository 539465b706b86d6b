import { guessesOf } from '../../bundle/ceremony/judge-password.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'

/** NIST SP 800-63B-4, 3.1.1.2: of one that may be all that is asked for. No rules on what kinds of characters it has. */
const leastCharacters = 15
const mostBytes = 1000
/** Only the instance can try one, and stops after a few: far fewer than a master password has to withstand. */
const leastGuessesLog10 = 10

/**
 * @param names words that somebody who guesses knows
 * @throws RedomaError `PASSWORD_WEAK`, with what would help as the hint; never with the password
 */
export async function requireGoodPassword(password: Secret, names: readonly string[]): Promise<void> {
  const length = Array.from(password.reveal()).length
  if (length < leastCharacters)
    throw weak(`a password has ${leastCharacters} characters at least, this one has ${length}`)
  if (password.byteLength > mostBytes) throw weak(`a password has ${mostBytes} bytes at most`)
  const { guessesLog10, advice } = await guessesOf(password, names)
  if (guessesLog10 < leastGuessesLog10)
    throw weak(`this password could be guessed in about 10^${Math.ceil(guessesLog10)} attempts`, advice)
}

function weak(message: string, advice: readonly string[] = []): RedomaError {
  return new RedomaError('PASSWORD_WEAK', message, { hint: [...advice, 'Take several words.'].join(' ') })
}
