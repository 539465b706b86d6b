import { RedomaError } from '../../core/errors.ts'
import type { ObjectInfo } from '../../ports/destination.ts'
import { asObjectName } from '../../ports/destination.ts'

const line = /^([-dlpscbD])[-rwxsStT]{9} +(\d{1,16}) (\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) (.*)$/

export interface Listed {
  readonly objects: ObjectInfo[]
  /** What an rsync that was killed at the server has left: paths from where the listing began. */
  readonly leftovers: string[]
}

/**
 * A line of `rsync --list-only --no-human-readable`: kind and mode, size, time, and the path, in which whatever is not printable stands
 * as `\#ooo`. Lines that are no objects add nothing; whatever looks like none at all is an error, lest an object be overlooked.
 *
 * @param folder that objects lie in
 * @param before what was not written to since then is left over, in milliseconds
 * @throws RedomaError `DESTINATION_FAILED`
 */
export function parseListing(
  text: string,
  folder: string,
  prefix: string,
  before: number,
  into: Listed,
): void {
  const [, kind, size, time = '', path = ''] = line.exec(text) ?? []
  if (kind === undefined) {
    throw new RedomaError('DESTINATION_FAILED', `rsync lists what cannot be read: ${JSON.stringify(text)}`, {
      hint: 'Does the account’s shell print something?',
    })
  }
  if (kind !== '-') return
  const putAtMs = Date.parse(`${time.replaceAll('/', '-')}Z`)
  if (isTemporary(path)) {
    if (putAtMs < before) into.leftovers.push(path)
    return
  }
  const name = nameIn(folder, path)
  if (name?.startsWith(prefix) === true) into.objects.push({ name, size: Number(size), putAtMs })
}

function nameIn(folder: string, path: string): ObjectInfo['name'] | undefined {
  if (folder !== '' && !path.startsWith(`${folder}/`)) return undefined
  return asObjectName(folder === '' ? path : path.slice(folder.length + 1))
}

/** `.NAME.XXXXXX`: what rsync writes to before it renames. */
function isTemporary(path: string): boolean {
  return (
    /(?:^|\/)\.[A-Za-z0-9_+{-][A-Za-z0-9._+{}-]*\.[A-Za-z0-9]{6}$/.test(path) &&
    !path.split('/').some((part) => part === '' || part === '.' || part === '..')
  )
}
