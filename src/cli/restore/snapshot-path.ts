import { RedomaError } from '../../core/errors.ts'

export interface SnapshotPath {
  readonly snapshot: string
  readonly path: string | undefined
}

/**
 * `SNAPSHOT[:PATH]`; the path is absolute, as it was on the instance.
 *
 * @throws RedomaError `USAGE`
 */
export function parseSnapshotPath(text: string): SnapshotPath {
  const at = text.indexOf(':')
  if (at === -1) return { snapshot: text, path: undefined }
  const path = text.slice(at + 1)
  if (!path.startsWith('/')) {
    throw new RedomaError('USAGE', `the path in ${JSON.stringify(text)} is not absolute`, {
      hint: 'Write it as it was on the instance: latest:/etc/ssh',
    })
  }
  return { snapshot: text.slice(0, at), path }
}
