import { baseName, type RawName } from './raw-name.ts'

/** Names of the files of one folder that are one recording; `whole`: the folder itself is the recording. */
export interface Group {
  readonly names: readonly RawName[]
  readonly whole: boolean
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** No program makes more for one session; without a limit, a crowded folder would make metadata that nobody can read. */
const maximumFiles = 1000
/** What may stand before `.timing` and be its log, in script(1)'s habits and Guacamole's. */
const scriptSuffixes = ['', '.log', '.out', '.in', '.script', '.typescript']
const mediaSuffixes = ['.cast', '.cast.gz', '.ttyrec', '.ttyrec.gz', '.mp4', '.webm', '.avi', '.gz', '']

/**
 * Which files of a folder belong together, from their names alone: every file is in exactly one group, so nothing is
 * left out and nothing copied twice.
 */
export function groupFiles(folder: RawName, names: readonly RawName[]): Group[] {
  if (names.length === 0) return []
  const sorted = names.toSorted()
  if (isWholeFolder(baseName(folder), new Set(sorted))) return [{ names: sorted, whole: true }]
  const free = new Set(sorted)
  const groups = sorted.map((name) => takeGroup(name, free)).filter((group) => group.length > 0)
  const rest = [...free].map((name) => [name])
  return [...groups, ...rest].map((group) => ({ names: group.toSorted(), whole: false }))
}

/** A folder of sudo's I/O log, or one that guacd made for one connection. */
function isWholeFolder(folder: string, names: ReadonlySet<string>): boolean {
  if (names.size > maximumFiles) return false
  if (names.has('timing') && (names.has('log') || names.has('log.json'))) return true
  return uuid.test(folder) && names.has('recording')
}

/** Takes the files that go with the timing file, or the sidecar, `name`; none when it is neither. */
function takeGroup(name: RawName, free: Set<RawName>): RawName[] {
  const others = name.endsWith('.timing')
    ? withSuffixes(name.slice(0, -'.timing'.length), scriptSuffixes, free)
    : name.endsWith('.json')
      ? theOnly(withSuffixes(name.slice(0, -'.json'.length), mediaSuffixes, free))
      : []
  if (others.length === 0 || !free.has(name)) return []
  const group = [name, ...others]
  for (const member of group) free.delete(member)
  return group
}

function withSuffixes(stem: string, suffixes: readonly string[], free: ReadonlySet<RawName>): RawName[] {
  return suffixes.map((suffix) => `${stem}${suffix}` as RawName).filter((name) => free.has(name))
}

/** A sidecar beside several recordings could be anyone's: then each stands alone. */
function theOnly(names: RawName[]): RawName[] {
  return names.length === 1 ? names : []
}
