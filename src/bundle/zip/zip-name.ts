import { RedomaError } from '../../core/errors.ts'

const maximumNameBytes = 1024

/**
 * A path of plain names with `/` between them, which no program unpacks anywhere but under the folder it was told: no `..`,
 * no root, no drive, no backslash, no control character.
 *
 * @throws RedomaError `PATH_UNSAFE`
 */
export function requireSafeName(name: string): void {
  const isSafe =
    new TextEncoder().encode(name).length <= maximumNameBytes &&
    !/[\p{Cc}\p{Cs}\\:]/u.test(name) &&
    name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  if (isSafe) return
  throw new RedomaError(
    'PATH_UNSAFE',
    `${JSON.stringify(name.slice(0, 200))} is not a safe name in a ZIP file`,
  )
}
