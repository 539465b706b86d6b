import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'

/**
 * The identity file lies at every destination, so whoever steals it guesses at leisure. scrypt at 2^18 costs 256 MiB and
 * about a second a guess; 10^15 guesses hold a thousand of such machines off for thirty thousand years.
 */
const leastGuessesLog10 = 15
/** zxcvbn looks at so many characters; a password is not made weaker by more. */
const judgedLength = 128

/**
 * @returns how many guesses it takes to find it, as a power of ten
 * @throws RedomaError `PASSWORD_WEAK`, with what would help as the hint
 */
export async function requireStrongPassword(password: Secret): Promise<number> {
  const { guessesLog10, advice } = await guessesOf(password, ['glass'])
  if (guessesLog10 >= leastGuessesLog10) return guessesLog10
  throw new RedomaError(
    'PASSWORD_WEAK',
    `the master password could be guessed in about 10^${Math.ceil(guessesLog10)} attempts, 10^${leastGuessesLog10} are the least`,
    { hint: [...advice, 'Seven random words are best: leave the password out and one is made.'].join(' ') },
  )
}

/**
 * How many guesses it takes to find it, as a power of ten, and what would help.
 *
 * @param words what somebody who guesses knows of it
 */
export async function guessesOf(
  password: Secret,
  words: readonly string[],
): Promise<{ readonly guessesLog10: number; readonly advice: readonly string[] }> {
  const judged = password.reveal().slice(0, judgedLength)
  const { guessesLog10, feedback } = await estimate(judged, ['redoma', ...words])
  const advice = [feedback.warning ?? '', ...feedback.suggestions].filter((text) => text !== '')
  return { guessesLog10, advice }
}

/** Loaded when it is needed: the dictionaries take longer to unpack than most commands to run. */
async function estimate(password: string, words: readonly string[]) {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ])
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  })
  return zxcvbn.check(password, [...words])
}
