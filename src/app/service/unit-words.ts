import { RedomaError } from '../../core/errors.ts'

/**
 * A path as a word of a unit file (systemd.syntax(7)): `%` begins a specifier, blanks divide words, `\` begins an escape.
 *
 * @throws RedomaError `PATH_UNSAFE` for a control character, which could begin a line of its own
 */
export function unitWord(text: string): string {
  const plain = unitText(text)
  return /^[\w./@:+,=%-]+$/.test(plain)
    ? plain
    : `"${plain.replace(/[\\"]/g, (character) => `\\${character}`)}"`
}

/**
 * As the program of a command line, in which variables are not looked for.
 *
 * @throws RedomaError `PATH_UNSAFE` for what systemd takes in no program, however it is quoted
 */
export function programWord(path: string): string {
  if (/["'\\]/.test(path))
    throw new RedomaError(
      'PATH_UNSAFE',
      `systemd runs no program with quotes or backslashes in its path: ${path}`,
      {
        hint: 'Install Redoma elsewhere, such as /opt/redoma.',
      },
    )
  return unitWord(path)
}

/** As a value that takes the rest of its line as it is. */
export function unitText(text: string): string {
  if (/\p{Cc}/u.test(text))
    throw new RedomaError('PATH_UNSAFE', `${JSON.stringify(text)} cannot stand in a unit file`, {
      hint: 'Name a path without control characters.',
    })
  return text.replaceAll('%', '%%')
}
