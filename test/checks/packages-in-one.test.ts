import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { packagesInOne } from '../../scripts/packages/packages-in-one.ts'
import { manyFiles, pathInOne } from '../../src/main/packages-in-one.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'

const root = join(import.meta.dirname, '../..')
const [name = ''] = manyFiles

describe('a package in one file', () => {
  test('is what a program gets that asks for the package', async () => {
    await using folder = await temporaryFolder()
    await place(folder, { installed: '1.2.3', inOne: '1.2.3' })

    expect(await askedFor(folder)).toBe('one file')
  })

  test('of another version than the installed one is left alone', async () => {
    await using folder = await temporaryFolder()
    await place(folder, { installed: '1.2.4', inOne: '1.2.3' })

    expect(await askedFor(folder)).toBe('the package')
  })

  test('need not be there', async () => {
    await using folder = await temporaryFolder()
    await place(folder, { installed: '1.2.3' })

    expect(await askedFor(folder)).toBe('the package')
  })

  test('has all that the package has, and is the same each time', { timeout: 60_000 }, async () => {
    await using folder = await temporaryFolder()
    await packagesInOne(root, join(folder.path, 'a'))
    await packagesInOne(root, join(folder.path, 'b'))

    await promisify(execFile)('diff', ['-r', join(folder.path, 'a'), join(folder.path, 'b')])
    for (const each of manyFiles) {
      const manifest = await readFile(join(root, 'node_modules', each, 'package.json'), 'utf8')
      const { version } = JSON.parse(manifest) as { readonly version: string }
      const names = await namesIn(each)
      expect(names.length).toBeGreaterThan(100)
      expect(await namesIn(join(folder.path, 'a', pathInOne(each, version)))).toEqual(names)
    }
  })
})

/** A program's folder with a package that says which of the two it is. */
async function place(
  { path }: TemporaryFolder,
  versions: { installed: string; inOne?: string },
): Promise<void> {
  const files: Record<string, string> = {
    [`node_modules/${name}/package.json`]: JSON.stringify({
      ...{ name, version: versions.installed, type: 'module', exports: './index.js' },
    }),
    [`node_modules/${name}/index.js`]: `export const says = 'the package'`,
    'package.json': '{ "type": "module" }',
    'src/asks.ts': `
      import { readPackagesInOne } from './packages-in-one.ts'
      readPackagesInOne(new URL('../', import.meta.url))
      console.log((await import('${name}')).says)`,
  }
  if (versions.inOne !== undefined) files[pathInOne(name, versions.inOne)] = `export const says = 'one file'`
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, file)), { recursive: true })
    await writeFile(join(path, file), text)
  }
  await cp(join(root, 'src/main/packages-in-one.ts'), join(path, 'src/packages-in-one.ts'))
}

async function askedFor({ path }: TemporaryFolder): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(path, 'src/asks.ts')])
  return stdout.trim()
}

/** What Node.js itself finds: vitest would read it another way. */
async function namesIn(module: string): Promise<string[]> {
  const program = `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(module)})).toSorted()))`
  const words = ['--input-type=module', '-e', program]
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root })
  return JSON.parse(stdout) as string[]
}
