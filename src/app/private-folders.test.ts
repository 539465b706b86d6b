import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { anInstance } from '../../test/support/instance.ts'
import { mountRefused } from '../../test/support/mounting.ts'
import { noDatabases } from '../../test/support/no-databases.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import type { SourceSpec } from '../ports/catalogue.ts'
import { makeAddSource } from './add-source.ts'
import { whyPrivate } from './private-folders.ts'
import { type SystemSourcesDeps, systemSources } from './system-sources.ts'

describe('a path is private', () => {
  test('where it is the home, lies in it, or leads there by a link, and is so not above or beside it', async () => {
    await using world = await aWorld()
    const { at, home, isPrivate } = world
    await symlink(home, at('link'))
    await symlink(at('home/tls/key.pem'), at('key'))
    await symlink(at(), at('up'))

    const inside = [home, `${home}/`, at('home/tls'), at('home/tls/key.pem'), at('beside/../home/gone')]
    const led = [at('link'), at('link/tls'), at('key'), at('up/home/tls'), at('up/link')]
    for (const path of [...inside, ...led]) expect([path, await isPrivate(path)]).toEqual([path, true])
    for (const path of [at(), at('up'), at('beside'), at('home-not'), at('gone'), '/'])
      expect([path, await isPrivate(path)]).toEqual([path, false])
  })

  test('where the home itself is named through a link', async () => {
    await using world = await aWorld()
    const { at, home } = world
    await symlink(home, at('link'))

    expect(await whyPrivate({ home: at('link') }, at('home/tls'))).toContain('belongs to Redoma')
    expect(await whyPrivate({ home: at('link') }, at('link/tls'))).toContain('belongs to Redoma')
  })

  test('in a folder of the service, also where there is none at the moment', async () => {
    await using world = await aWorld()
    const { at, home } = world
    const deps = { home, serviceFolders: [at('beside'), '/run/credentials/none.service'] }

    expect(await whyPrivate(deps, at('beside'))).toContain(at('beside'))
    expect(await whyPrivate(deps, '/run/credentials/none.service/key')).toContain('belongs to Redoma')
    expect(await whyPrivate(deps, '/run')).toBeUndefined()
  })

  test('below /proc, by whatever name', async () => {
    await using world = await aWorld()
    const { at, isPrivate } = world
    await symlink('/proc', at('p'))

    for (const path of [
      '/proc',
      '/proc/self/root',
      '/proc/1/environ',
      `/proc/self/root${at('beside')}`,
      at('p/1'),
    ])
      expect([path, await isPrivate(path)]).toEqual([path, true])
  })

  test.skipIf(mountRefused())('where the home is mounted a second time', async () => {
    await using world = await aWorld()
    const { at, home } = world
    await mkdir(at('mount'))
    const module = new URL('private-folders.ts', import.meta.url).href
    const paths = [at('mount'), at('mount/tls'), at('mount/tls/key.pem'), at('beside')]
    const script = `import { whyPrivate } from '${module}'
      for (const path of ${JSON.stringify(paths)}) console.log(await whyPrivate({ home: '${home}' }, path) !== undefined)`
    const mounting = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
    const node = [process.execPath, '--input-type=module', '-e', script]

    const { stdout } = await promisify(execFile)('unshare', [
      ...['--mount', 'sh', '-c', mounting, 'sh', home, at('mount'), ...node],
    ])

    expect(stdout.trim().split('\n')).toEqual(['true', 'true', 'true', 'false'])
  })
})

describe('a source', () => {
  test.each([
    ['files', (path: string) => filesIn(path)],
    ['recordings', (path: string) => ({ kind: 'recordings', path, settleSeconds: 0 }) as const],
    ['sqlite', (path: string) => ({ kind: 'sqlite', path }) as const],
  ])('of the kind %s is not added where its path is private', async (_, spec) => {
    await using instance = await anInstance()
    const add = makeAddSource({
      ...{ catalogue: instance.catalogue, clock: instance.clock, actor: 'olga' },
      ...{ databaseSource: noDatabases, home: instance.home },
    })

    await expect(add('a', spec(instance.home))).rejects.toMatchObject({ code: 'USAGE' })
    await expect(add('a', spec(join(instance.home, 'catalogue.sqlite')))).rejects.toMatchObject({
      message: expect.stringContaining('belongs to Redoma itself') as unknown,
    })
    expect(await instance.catalogue.sources.list()).toEqual([])
  })

  test('that became private is refused by the run, and one that is so in part goes on without it, and says so', async () => {
    await using instance = await anInstance()
    await using folder = await temporaryFolder()
    const { catalogue, home, clock } = instance
    const [link, beside] = [join(folder.path, 'link'), join(folder.path, 'beside')]
    await mkdir(beside)
    const add = async (name: string, spec: SourceSpec): Promise<void> =>
      catalogue.sources.add({ name, spec, createdAt: clock.now() })
    await add('database', { kind: 'sqlite', path: join(link, 'catalogue.sqlite') })
    await add('mixed', { ...filesIn(beside), paths: [beside, link] })
    await add('whole', filesIn(link))
    await symlink(home, link)

    const { usable, refused } = await sourcesOf({ catalogue, home })

    expect(refused).toMatchObject([
      { name: 'database', error: { code: 'USAGE' } },
      { name: 'whole', error: { code: 'USAGE' } },
    ])
    expect(usable).toMatchObject([{ name: 'mixed', spec: { paths: [beside] } }])
    expect(usable[0]).toHaveProperty('warnings.0', expect.stringContaining('it is left out'))
  })

  test('that holds the home by a path that leads through a link is backed up without the home', async () => {
    await using instance = await anInstance()
    await using folder = await temporaryFolder()
    const { catalogue, clock } = instance
    const home = join(folder.path, 'real/lib/redoma')
    await mkdir(home, { recursive: true })
    await symlink(join(folder.path, 'real'), join(folder.path, 'link'))
    const spec = filesIn(join(folder.path, 'link/lib'))
    await catalogue.sources.add({ name: 'lib', spec, createdAt: clock.now() })

    const { usable } = await sourcesOf({ catalogue, home })

    const excludePaths = [join(folder.path, 'link/lib/redoma')]
    expect(usable).toMatchObject([{ spec: { paths: spec.paths }, excludePaths, warnings: [] }])
  })
})

function sourcesOf(where: Pick<SystemSourcesDeps, 'catalogue' | 'home'>): ReturnType<typeof systemSources> {
  const { signal } = new AbortController()
  return systemSources({ ...where, databaseSource: noDatabases }, () => true, signal)
}

function filesIn(path: string): Extract<SourceSpec, { kind: 'files' }> {
  return { kind: 'files', paths: [path], exclude: [], excludeCaches: false, oneFileSystem: false }
}

interface World extends AsyncDisposable {
  readonly home: string
  readonly at: (name?: string) => string
  readonly isPrivate: (path: string) => Promise<boolean>
}

/** A folder with an instance's home in it, and one beside. */
async function aWorld(): Promise<World> {
  const folder = await temporaryFolder()
  const at = (name = ''): string => join(folder.path, name)
  const home = at('home')
  for (const name of ['home/tls', 'beside', 'home-not']) await mkdir(at(name), { recursive: true })
  await writeFile(at('home/tls/key.pem'), '')
  return {
    home,
    at,
    isPrivate: async (path) => (await whyPrivate({ home }, path)) !== undefined,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}
