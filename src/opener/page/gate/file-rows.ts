import type { Texts } from '../texts/english.ts'
import type { GateFiles } from './gate-files.ts'
import type { FileRole, KnownFile } from './recognise-file.ts'

/** One line of the list of files. */
export interface FileRow {
  readonly role: FileRole
  readonly title: string
  readonly name: string
  /** All that the line stands for. */
  readonly files: readonly KnownFile[]
}

/** More bundles than these are one line: a folder has a bundle of every night. */
const mostBundles = 3

/** What the list of files shows, and what is read aloud of it. */
export function fileRows(texts: Texts, { all, bundles, identity, drill }: GateFiles): FileRow[] {
  // While something is missing, what was given for it and is not known must be seen.
  const isWhole = drill !== undefined || (bundles.length > 0 && identity !== undefined)
  const [newest] = bundles
  const isFolded = bundles.length > mostBundles && newest !== undefined
  const alone = all.filter(({ role }) => !(isFolded && role === 'bundle') && !(isWhole && role === 'unknown'))
  const folded: FileRow[] = isFolded
    ? [
        {
          role: 'bundle',
          title: texts.bundles(bundles.length),
          name: texts.newest(newest.name),
          files: bundles,
        },
      ]
    : []
  return [
    ...folded,
    ...alone.map((file) => ({
      role: file.role,
      title: texts.roles[file.role],
      name: file.name,
      files: [file],
    })),
  ]
}
