import { readdirSync, readFileSync } from 'node:fs'

/** Words and environment of a process and all that came of it: what others on the machine may see. */
export function whatOthersSee(pid: number | undefined): string[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)]),
  )
  const isOurs = (of: number | undefined): boolean =>
    of !== undefined && (of === pid || isOurs(parents.get(of)))
  return [...parents.keys()]
    .filter(isOurs)
    .flatMap((of) => ['cmdline', 'environ'].map((file) => readOr(`/proc/${of}/${file}`)))
    .filter((text) => text !== '')
}

function parentOf(pid: string): number | undefined {
  const [, parent] = /^PPid:\s+(\d+)$/m.exec(readOr(`/proc/${pid}/status`)) ?? []
  return parent === undefined ? undefined : Number(parent)
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
