import type { InstalledPackage, Mount } from '../../ports/environment.ts'

/** os-release(5): `NAME="value"` lines, with the quotes of a shell. */
export function parseOsRelease(text: string): Record<string, string> {
  const entries = text.split('\n').flatMap((line): [string, string][] => {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [[name, unquoted(value)]]
  })
  return Object.fromEntries(entries)
}

/** Lines of status, name, version, with tabs between; what was removed but left its settings is not installed. */
export function parsePackages(text: string): InstalledPackage[] {
  return text
    .split('\n')
    .flatMap((line) => {
      const [status = '', name, version] = line.split('\t')
      const isInstalled = status[1] === 'i'
      return isInstalled && name !== undefined && version !== undefined ? [{ name, version }] : []
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** `/proc/self/mountinfo`, proc(5): fields with spaces between, optional ones up to a lone hyphen. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const [mountPoint, options] = before.split(' ').slice(4, 6)
    const [fileSystem, device] = after.split(' ')
    if (mountPoint === undefined || options === undefined) return []
    if (fileSystem === undefined || device === undefined) return []
    return [{ mountPoint: unescaped(mountPoint), fileSystem, device: unescaped(device), options }]
  })
}

/** `systemctl list-unit-files --plain --no-legend`: the name is the first word. */
export function parseServices(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[0] ?? '')
    .filter((name) => name !== '')
    .toSorted()
}

function unquoted(value: string): string {
  const [, quote, inner = ''] = /^(["'])(.*)\1$/.exec(value) ?? []
  return quote === undefined ? value : inner.replace(/\\(.)/g, '$1')
}

/** The kernel writes space, tab, newline and backslash as `\040`, `\011`, `\012`, `\134`. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
