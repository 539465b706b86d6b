import { spawn } from 'node:child_process'
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeOnThisMachine } from '../../src/app/on-this-machine.ts'
import { probeOwnDisks } from '../../src/app/probe-own-disks.ts'
import { isRedomaError } from '../../src/core/errors.ts'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { type MountingDeps, mountPlace } from '../../src/destinations/mounts/mount-place.ts'
import { findMount, isNetworkFileSystem } from '../../src/destinations/mounts/mount-table.ts'
import { ownMachine } from '../../src/destinations/own-machine/own-machine.ts'
import type { CifsSpec } from '../../src/ports/destination-spec.ts'
import { call, until } from '../support/kernel-mounts/commands.ts'
import { cifsSpec, mounted, mountingAs, mountsUnder, nfsSpec } from '../support/kernel-mounts/mounting.ts'
import { type NfsServer, startNfsServer } from '../support/kernel-mounts/nfs-server.ts'
import { type SmbServer, startSmbServer } from '../support/kernel-mounts/smb-server.ts'

const stack = new AsyncDisposableStack()
let smb: SmbServer
let nfs: NfsServer
beforeAll(async () => {
  smb = stack.use(await startSmbServer())
  nfs = stack.use(await startNfsServer())
  // What is answered first takes longest.
  for (const spec of [cifsSpec, nfsSpec])
    await (await mounted(() => mountPlace(spec, asRoot())))[Symbol.asyncDispose]()
})
afterAll(() => stack[Symbol.asyncDispose]())
afterEach(async () => {
  expect(await mountsUnder('/mnt/instance')).toEqual([])
})

const slowly = process.env['SLOW'] === '1'
const asRoot = (password = smb.password) => mountingAs('root', password)

describe.each(['cifs', 'nfs'] as const)('%s, mounted by need,', (kind) => {
  const spec = kind === 'cifs' ? cifsSpec : nfsSpec
  const disk = () => (kind === 'cifs' ? smb : nfs).disk

  test('is known as served by this machine, by its address, and by what turns up on the disk of the server', async () => {
    const machine = ownMachine()
    await using place = await mountPlace(spec, asRoot())
    const { signal } = new AbortController()
    const { path, mountPoint } = place
    const destination = localDestination(path, { now: () => new Date() })

    const under = await machine.fileSystemOf(path, signal)
    const why = await makeOnThisMachine(machine)({ kind: 'local', path, mountPoint }, signal)
    const probed = await probeOwnDisks({ home: '/mnt/instance', machine }, destination, signal)

    expect(under?.servers).toContain('127.0.0.1')
    expect(why).toContain('127.0.0.1 is an address of this machine')
    expect(probed.foundAt).toMatch(new RegExp(`^${disk().path}/.*redoma-where-`))
    expect(probed.doubts).toEqual([])
    expect((await readdir(path)).filter((name) => name.startsWith('redoma-where'))).toEqual([])
  })

  test('lets no program and no device of the share count, and is gone when nobody uses it', async () => {
    const deps = asRoot()
    {
      await using place = await mountPlace(spec, deps)
      const mount = await findMount(place.path)

      expect(mount).toMatchObject({ device: place.device, point: place.mountPoint })
      expect(isNetworkFileSystem(mount.type)).toBe(true)
      const wanted = { cifs: ['vers=3.1.1', 'seal', 'soft'], nfs: ['vers=4.2', 'softerr', 'sec=sys'] }[kind]
      for (const option of ['nosuid', 'nodev', 'noexec', ...wanted]) expect(mount.options).toContain(option)
      await writeFile(join(place.path, 'file'), 'content')
      expect(await readFile(join(disk().path, 'file'), 'utf8')).toBe('content')
      await place.prove()
    }
    expect(await mountsUnder(deps.folder)).toEqual([])
    expect(await readdir(deps.folder)).toEqual([])
  })

  test('mounts a folder of the share, whose name has blanks and other letters than English ones', async () => {
    await mkdir(join(disk().path, 'two words/Größe'), { recursive: true })
    await using place = await mountPlace({ ...spec, folder: 'two words/Größe' }, asRoot())

    await writeFile(join(place.path, 'file'), 'content')

    expect(await readdir(join(disk().path, 'two words/Größe'))).toEqual(['file'])
  })

  test('is one mount for all who use it, and the last of them unmounts it', async () => {
    const deps = asRoot()
    const places = await Promise.all([1, 2, 3, 4].map(() => mountPlace(spec, deps)))

    expect(await mountsUnder(deps.folder)).toHaveLength(1)
    for (const place of places.slice(1)) await place[Symbol.asyncDispose]()
    await places[0]?.prove()
    await writeFile(join(deps.folder, 'file'), 'content')
    await places[0]?.[Symbol.asyncDispose]()
    expect(await mountsUnder(deps.folder)).toEqual([])
  })

  test('stays while a file on it is open, and is used again by the next', async () => {
    const deps = asRoot()
    const first = await mountPlace(spec, deps)
    {
      await using file = await open(join(first.path, 'open'), 'w')
      expect((await file.stat()).size).toBe(0)
      await first[Symbol.asyncDispose]()
      const again = await mountPlace(spec, deps)
      expect(again.device).toBe(first.device)
      await again[Symbol.asyncDispose]()
      expect(await mountsUnder(deps.folder)).toHaveLength(1)
    }
    await (await mountPlace(spec, deps))[Symbol.asyncDispose]()
  })

  test('is missed when somebody unmounts it in the middle', async () => {
    const deps = asRoot()
    await using place = await mountPlace(spec, deps)
    await call('umount', '--lazy', place.mountPoint)

    await expect(place.prove()).rejects.toMatchObject({ code: 'DESTINATION_UNREACHABLE' })
    await using again = await mountPlace(spec, deps)
    await expect(place.prove()).rejects.toMatchObject({ code: 'DESTINATION_UNREACHABLE' })
    await again.prove()
  })

  test('takes the place of what was mounted there by an earlier configuration, unless that is in use', async () => {
    const deps = asRoot()
    await mkdir(deps.folder, { recursive: true })
    await call('mount', '-t', 'tmpfs', 'tmpfs', deps.folder)
    {
      await using file = await open(join(deps.folder, 'open'), 'w')
      await expect(mountPlace(spec, deps)).rejects.toMatchObject({ code: 'DESTINATION_FAILED' })
      expect((await file.stat()).size).toBe(0)
    }
    await using place = await mountPlace(spec, deps)
    expect((await findMount(place.path)).type).toBe(kind === 'cifs' ? 'cifs' : 'nfs4')
  })

  test('is not mounted over what was written into the empty mount point', async () => {
    const deps = asRoot()
    await mkdir(deps.folder, { recursive: true })
    await writeFile(join(deps.folder, 'pack'), 'written here and not there')

    await expect(mountPlace(spec, deps)).rejects.toMatchObject({ code: 'DESTINATION_FAILED' })

    await rm(join(deps.folder, 'pack'))
  })

  test.each([
    ['a folder that is not there', { folder: 'never/there' }, 'DESTINATION_UNREACHABLE', /no such share/],
    ['a host nobody knows', { host: 'nowhere.invalid' }, 'DESTINATION_UNREACHABLE', /host name/],
    ['a port where nobody answers', { port: 4 }, 'DESTINATION_UNREACHABLE', /does not answer/],
    ['a ticket that is not there', { security: 'krb5' }, /DESTINATION_(FORBIDDEN|FAILED)/, /ticket|security/],
  ] as const)('says what is wrong with %s', async (_, wrong, code, message) => {
    const deps = mountingAs('root', smb.password, 6)
    const failure: unknown = await mountPlace({ ...spec, ...wrong }, deps).catch((error: unknown) => error)

    expect(failure).toMatchObject({
      code: expect.stringMatching(code) as string,
      message: expect.stringMatching(message) as string,
      hint: expect.any(String) as string,
    })
  })

  test.runIf(slowly || kind === 'cifs')(
    'says that a server that hangs does not answer, and does not wait for it',
    async () => {
      const server = kind === 'cifs' ? smb : nfs
      const known = mountingAs('root', smb.password, 2)
      const place = await mountPlace(spec, known)
      await server.freeze()
      const started = performance.now()

      // What the kernel has asked a moment ago, it need not ask again.
      const [there, anew] = await Promise.allSettled(
        [known, mountingAs('root', smb.password, 2)].map((deps) => mountPlace(spec, deps)),
      )

      expect(performance.now() - started).toBeLessThan(30_000)
      await server.thaw()
      expect(anew).toMatchObject({ reason: { code: 'DESTINATION_UNREACHABLE' } })
      if (there?.status === 'fulfilled') await there.value[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
      await using again = await mountPlace(spec, known)
      await writeFile(join(again.path, 'file'), 'content')
    },
  )
})

test.each([
  ['of other letters than English ones', 'pässwörd€😀'],
  ...(slowly
    ? [
        ['of commas', ',,,,'],
        ['of 128 characters', 'x'.repeat(128)],
      ]
    : []),
])('a password %s opens a CIFS share', async (_, password = '') => {
  await smb.setPassword(password)
  try {
    await using place = await mountPlace(cifsSpec, asRoot(password))
    await place.prove()
  } finally {
    await smb.setPassword(smb.password)
  }
})

test.each([
  ['a wrong password', {}, 'wrong', 'DESTINATION_FORBIDDEN'],
  ['a share that is not there', { share: 'nothing' }, undefined, 'DESTINATION_UNREACHABLE'],
  [
    'a version that the server does not speak',
    { version: '2.1', seal: false },
    undefined,
    'DESTINATION_FAILED',
  ],
] as const)('CIFS says what is wrong with %s', async (_, wrong, password, code) => {
  await expect(mountPlace({ ...cifsSpec, ...wrong }, asRoot(password))).rejects.toMatchObject({ code })
})

test('NFS 4.1 and 4.0 can be mounted too', async () => {
  for (const version of ['4.1', '4.0'] as const) {
    await using place = await mountPlace({ ...nfsSpec, version }, asRoot())
    expect((await findMount(place.path)).options).toContain(`vers=${version}`)
  }
})

async function isMounted(spec: CifsSpec, deps: MountingDeps): Promise<boolean> {
  try {
    await using place = await mountPlace(spec, deps)
    await writeFile(join(place.path, 'file'), 'content')
    return true
  } catch (error) {
    if (isRedomaError(error, 'DESTINATION_UNREACHABLE')) return false
    throw error
  }
}

test.runIf(slowly)(
  'a user who changed his password is let in with the new one, though his share is mounted still',
  async () => {
    const deps = asRoot()
    const before = await mountPlace(cifsSpec, deps)
    await using file = await open(join(before.path, 'open'), 'w')
    expect((await file.stat()).size).toBe(0)
    await smb.kill()
    await smb.setPassword('the new one')
    await smb.start()
    await before[Symbol.asyncDispose]()
    try {
      const other = { ...asRoot('the new one'), folder: `${deps.folder}-2` }
      // The kernel first has to see that the server is back.
      await until('the share is mounted', () => isMounted(cifsSpec, other))
    } finally {
      await call('umount', '--lazy', deps.folder)
      await smb.setPassword(smb.password)
    }
  },
)

test('the password of a share is seen nowhere while it is mounted and used', async () => {
  const looking = spawn(
    process.execPath,
    [join(import.meta.dirname, '../support/kernel-mounts/look-for-text.ts')],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  looking.stdin.end(smb.password)
  const lines = createInterface(looking.stdout)[Symbol.asyncIterator]()
  expect((await lines.next()).value).toBe('looked')

  for (let round = 0; round < 2; round++) {
    await using place = await mountPlace(cifsSpec, asRoot())
    await writeFile(join(place.path, 'file'), 'content')
  }
  // It does find it where it is.
  await writeFile('/dev/shm/canary', `password=${smb.password}\n`)

  expect((await lines.next()).value).toBe('found in /dev/shm/canary')
  looking.kill()
  await rm('/dev/shm/canary')
})
