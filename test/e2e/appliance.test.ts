import { access, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { behindNat, natRefused } from '../support/behind-nat.ts'
import { blockDisk, loopRefused } from '../support/block-disk.ts'
import { alterCatalogue } from '../support/instance.ts'
import { callMount } from '../support/mounting.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { sshServerMissing, startSshServer } from '../support/ssh-server.ts'
import { memoryFolder, temporaryFolder } from '../support/temporary-folder.ts'

interface World extends AsyncDisposable {
  readonly redoma: Redoma
  readonly home: string
  at(...names: string[]): string
}

async function anInstance(...words: string[]): Promise<World> {
  const folder = await temporaryFolder()
  const at = (...names: string[]): string => join(folder.path, ...names)
  const redoma = redomaAt(at('home'))
  expect(await redoma.run(['init', '--name', 'pam-1', ...words])).toMatchObject({ code: 0 })
  return { redoma, at, home: at('home'), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

async function destinationsOf({ redoma }: World): Promise<string[]> {
  const { stdout } = await redoma.run(['config', 'export', '--json'])
  return (JSON.parse(stdout) as { destinations: { name: string }[] }).destinations.map(({ name }) => name)
}

interface Part {
  readonly destination: string
  readonly outcome: { readonly kind: string; readonly failure?: { readonly code: string } }
}

describe('a crypto appliance', () => {
  test('refuses a folder of its own, straight and through a link, and leaves no folder behind', async () => {
    await using world = await anInstance('--appliance')
    await using memory = await memoryFolder()
    await symlink(memory.path, world.at('link'))

    for (const path of [world.at('copies'), memory.path, world.at('link', 'copies')]) {
      const { code, stderr } = await world.redoma.run(['destination', 'add', 'copies', '--local', path])

      expect({ path, code }).toEqual({ path, code: 1 })
      expect(stderr).toContain('copies is on the instance itself')
      expect(stderr).toContain("this machine's own")
      expect(stderr).toContain('The instance is a crypto appliance')
    }
    await expect(access(world.at('copies'))).rejects.toThrow('ENOENT')
    expect(await readdir(memory.path)).toEqual([])
    expect(await destinationsOf(world)).toEqual([])
  })

  test.skipIf(loopRefused())('refuses a bind mount and a loop device as a mounted folder', async () => {
    await using world = await anInstance('--appliance')
    await using disk = await blockDisk(16)
    await mkdir(world.at('bound'))
    callMount('mount', '--bind', disk.path, world.at('bound'))
    try {
      for (const path of [disk.path, world.at('bound')]) {
        const { code, stderr } = await world.redoma.run(['destination', 'add', 'copies', '--mounted', path])

        expect({ path, code }).toEqual({ path, code: 1 })
        expect(stderr).toMatch(/lies on \/dev\/loop\d+ \(ext4\)/)
      }
    } finally {
      callMount('umount', world.at('bound'))
    }
  })

  test('refuses servers that are itself, whatever they are called, before they are asked for anything', async () => {
    await using world = await anInstance('--appliance')
    const key = ['--host-key', `ssh-ed25519 ${Buffer.alloc(51).toString('base64')}`]
    const places = [
      ['--nfs', 'localhost:/srv'],
      ['--nfs', '[::1]:/srv'],
      ['--rsync', 'redoma@127.0.0.2:copies', ...key],
      ['--rsync', 'ssh://redoma@[::ffff:127.0.0.1]:22/copies', ...key],
      ['--s3', 'http://127.1:9/copies'],
    ]

    for (const place of places) {
      const { code, stderr } = await world.redoma.run(['destination', 'add', 'far', ...place])

      expect({ place, code, stderr }).toEqual({
        ...{ place, code: 1 },
        stderr: expect.stringContaining('far is on the instance itself') as string,
      })
    }
  })

  test('is made and unmade by the configuration, but not with a destination on itself', async () => {
    await using world = await anInstance()
    const { redoma } = world
    const apply = (text: string, ...words: string[]) => redoma.run(['config', 'apply', '-', ...words], text)
    await redoma.run(['destination', 'add', 'disk', '--local', world.at('copies')])
    const { stdout: before } = await redoma.run(['config', 'export'])
    expect(before).toContain('appliance: false')
    const on = before.replace('appliance: false', 'appliance: true')

    const refused = await apply(on)
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toContain('disk is on the instance itself')
    expect((await redoma.run(['config', 'export'])).stdout).toBe(before)

    expect(await apply('schema: redoma-config/1\nappliance: true\n', '--yes')).toMatchObject({ code: 0 })
    const made = await redoma.run(['config', 'export'])
    expect(made.stdout).toContain('appliance: true')
    expect(await apply('schema: redoma-config/1\n')).toMatchObject({
      stdout: expect.stringContaining('Nothing is to be changed') as string,
    })
    expect(await apply(before, '--dry-run')).toMatchObject({ code: 0 })

    const unasked = await apply(made.stdout.replace('appliance: true', 'appliance: false'))
    expect(unasked).toMatchObject({ code: 2 })
    expect(unasked.stderr).toContain('Allow copies on the instance itself?')
    expect(await apply(before, '--yes')).toMatchObject({ code: 0 })
    expect(await destinationsOf(world)).toEqual(['disk'])
  })

  test.skipIf(natRefused() || sshServerMissing())(
    'finds out that a server behind another address is itself, and goes on without it in a run',
    async () => {
      await using world = await anInstance()
      const { redoma } = world
      await using nat = behindNat()
      await using server = await startSshServer(world.home, { address: nat.ownAddress })
      await nat.forward(server.port)
      const url = (host: string): string => `ssh://${server.spec().user}@${host}:${server.port}/`
      const add = (name: string, folder: string, host: string) => {
        const words = ['--rsync', `${url(host)}${folder}`, '--host-key', server.hostKey]
        return redoma.run(['destination', 'add', name, ...words])
      }
      await mkdir(world.at('tree'))
      await writeFile(world.at('tree', 'file'), 'content')
      await redoma.run(['source', 'add', 'tree', '--files', world.at('tree')])
      expect(await redoma.run(['destination', 'add', 'disk', '--local', world.at('disk')])).toMatchObject({
        code: 0,
      })
      expect(await add('far', 'far', nat.address)).toMatchObject({ code: 0, stderr: '' })
      alterCatalogue(world.home, 'update instance set appliance = 1')

      const own = await add('own', 'own', nat.ownAddress)
      const forwarded = await add('forwarded', 'forwarded', nat.address)
      const run = await redoma.run(['backup', 'create', '--only', 'system', '--json'])

      expect(own.stderr).toContain(`${nat.ownAddress} is an address of this machine`)
      expect(forwarded).toMatchObject({ code: 1 })
      expect(forwarded.stderr).toContain(`turned up at ${join(server.folder, 'forwarded', 'redoma-where-')}`)
      const left = await readdir(join(server.folder, 'forwarded'), { recursive: true })
      expect(left.filter((name) => name.includes('redoma-where'))).toEqual([])
      const { parts } = JSON.parse(run.stdout) as { readonly parts: readonly Part[] }
      const outcomes = Object.groupBy(parts, ({ destination }) => destination)
      expect(outcomes['disk']?.map(({ outcome }) => outcome.failure?.code)).toEqual([
        'DESTINATION_ON_INSTANCE',
        'DESTINATION_ON_INSTANCE',
      ])
      expect(outcomes['far']?.map(({ outcome }) => outcome.kind)).toEqual(['done', 'done'])
      expect(await readdir(world.at('disk'))).toEqual([])
    },
  )
})

describe('an instance that is no appliance', () => {
  test('says on every run that copies on its own machine are not a backup yet, on another disk too', async () => {
    await using world = await anInstance()
    await using memory = await memoryFolder()
    const { redoma } = world
    await mkdir(world.at('tree'))
    await redoma.run(['source', 'add', 'tree', '--files', world.at('tree')])
    const added = await redoma.run(['destination', 'add', 'memory', '--local', memory.path])

    expect(added).toMatchObject({ code: 0 })
    expect(added.stderr).toContain('on this machine')
    for (let run = 0; run < 2; run++) {
      const { code, stderr } = await redoma.run(['backup', 'create', '--only', 'system'])

      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringContaining('Every copy is on this machine') as string,
      })
    }
  })
})

describe('a destination that the configuration changes', () => {
  test('is looked at as a new one: the folder is made, and that of another instance refused', async () => {
    await using world = await anInstance()
    await using other = await anInstance()
    await other.redoma.run(['destination', 'add', 'theirs', '--local', other.at('theirs')])
    await mkdir(other.at('theirs', 'secrets'), { recursive: true })
    await writeFile(other.at('theirs', 'secrets', 'bundle.age'), 'x')
    await world.redoma.run(['destination', 'add', 'copies', '--local', world.at('first')])
    const { stdout: before } = await world.redoma.run(['config', 'export'])
    const apply = (path: string) =>
      world.redoma.run(['config', 'apply', '-'], before.replace(world.at('first'), path))

    const refused = await apply(other.at('theirs'))
    const missing = await apply(world.at('not', 'there'))
    const inside = await apply(join(world.home, 'copies'))

    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toContain(`in ${other.at('theirs')}`)
    expect(missing).toMatchObject({ code: 1 })
    expect(inside).toMatchObject({ code: 2 })
    expect((await world.redoma.run(['config', 'export'])).stdout).toBe(before)
    expect(await apply(world.at('second'))).toMatchObject({ code: 0 })
    await access(world.at('second'))
  })
})
