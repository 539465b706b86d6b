import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, lstat, lutimes, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Module } from './production-modules.ts'

/** Where the program lies in the package. */
export const programFolder = 'usr/lib/redoma'

/** Puts what runs into the package: sources without their tests, and of modules what is no documentation, no types and no sources of C. */
export async function stageProgram(root: string, stage: string, modules: readonly Module[]): Promise<void> {
  const to = join(stage, programFolder)
  for (const name of ['bin', 'src']) copyFiles(join(root, name), join(to, name), isOfProgram)
  for (const { path, name } of modules)
    copyFiles(join(root, path), join(to, path), (file) => isOfModule(name, file))
  await stageFile(stage, `${programFolder}/package.json`, readFileSync(join(root, 'package.json')))
  const node = modules.find(({ name }) => name.startsWith('node-linux-'))
  if (node === undefined) throw new Error('no Node.js is installed that could be packed: npm ci')
  await mkdir(join(to, 'node_modules/.bin'), { recursive: true })
  await symlink(`../${node.name}/bin/node`, join(to, 'node_modules/.bin/node'))
}

/** Files and folders below one, as far as they are wanted; folders that would be empty are not made. */
export function copyFiles(from: string, to: string, isWanted: (path: string) => boolean): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = relative(from, join(entry.parentPath, entry.name))
    if (!entry.isFile() || !partsOf(path).every(isWanted)) continue
    mkdirSync(dirname(join(to, path)), { recursive: true })
    copyFileSync(join(from, path), join(to, path))
  }
}

/** `a/b/c`: `a`, `a/b` and `a/b/c`. */
function partsOf(path: string): string[] {
  const names = path.split('/')
  return names.map((_, index) => names.slice(0, index + 1).join('/'))
}

function isOfProgram(path: string): boolean {
  return !/\.test\.ts$|(^|\/)(assembly|tsconfig\.json)$|^opener$/.test(path)
}

/** At the root of a module, and not within: `yaml/dist/doc` is code. */
const leftOut =
  /^(include|share|vendor|docs?|tests?|examples?|benchmarks?|node_modules|prebuilds|musl_\w+|bin\.m?js)$|^(CHANGELOG|HISTORY|README)[^/]*$/i
/** Anywhere in it. */
const leftOutAnywhere = /\.test\.[cm]?[jt]s$|\.(map|d\.[cm]?ts|md|markdown|html|cc|hh|c|h)$|(^|\/)\.[^/]+$/
/** Sources in another language, which nobody compiles here; and the same in TypeScript. */
const sourcesOf: Readonly<Record<string, RegExp>> = {
  koffi: /^(lib|cnoke\.cjs)$/,
  zod: /^src$/,
}

function isOfModule(name: string, path: string): boolean {
  return !leftOut.test(path) && !leftOutAnywhere.test(path) && sourcesOf[name]?.test(path) !== true
}

/** Writes a file into the package. */
export async function stageFile(stage: string, path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(stage, path)), { recursive: true })
  await writeFile(join(stage, path), content)
}

/**
 * Modes and times as if it were made in a moment of its own, by nobody: the same files make the same package.
 *
 * @returns the paths of all files that are no links
 */
export async function settleFiles(folder: string, seconds: number): Promise<readonly string[]> {
  const paths: string[] = []
  const visit = async (path: string): Promise<void> => {
    const status = await lstat(path)
    if (status.isDirectory()) {
      for (const name of (await readdir(path)).sort()) await visit(join(path, name))
      await chmod(path, 0o755)
    } else if (status.isFile()) {
      paths.push(path)
      await chmod(path, isProgram(status.mode, path) ? 0o755 : 0o644)
    }
    await lutimes(path, seconds, seconds)
  }
  await visit(folder)
  return paths
}

function isProgram(mode: number, path: string): boolean {
  return (mode & 0o100) !== 0 && /\/(bin|DEBIAN)\/[^/.]+$/.test(path)
}
