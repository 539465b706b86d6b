import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeAddCredential } from '../../src/app/add-credential.ts'
import { makeAddDestination } from '../../src/app/add-destination.ts'
import { makeAddSource } from '../../src/app/add-source.ts'
import { makeEditCredential } from '../../src/app/edit-credential.ts'
import { makeRemoveCredential } from '../../src/app/remove-credential.ts'
import { makeShowCredential } from '../../src/app/show-credential.ts'
import { Secret } from '../../src/core/secret.ts'
import { ownMachine } from '../../src/destinations/own-machine/own-machine.ts'
import { anInstance, type TestInstance } from '../support/instance.ts'
import { noDatabases } from '../support/no-databases.ts'
import { joinNothing as joinRepository, reachFolders } from '../support/target-at.ts'

const draft = { title: 'Router', kind: 'password', tags: [], fields: [], attachments: [] } as const
const { signal } = new AbortController()
const depsOf = ({ catalogue, clock }: TestInstance) => ({ catalogue, clock, actor: 'tester' })
const addTo = (instance: TestInstance) =>
  makeAddDestination({
    ...depsOf(instance),
    home: join(instance.home, 'home'),
    joinRepository,
    reach: reachFolders(instance.clock),
    machine: ownMachine(),
    remarksOn: async () => [],
  })
const share = {
  kind: 'cifs',
  host: 'nas',
  share: 'backup',
  folder: '',
  version: '3.1.1',
  seal: true,
  security: 'ntlmssp',
} as const
const actionsOf = async ({ catalogue }: TestInstance) =>
  (await catalogue.audit.list(10)).map(({ action }) => action)

describe('credentials', () => {
  test('are added, changed, shown and removed, and the audit trail tells of it', async () => {
    await using instance = await anInstance()
    const deps = depsOf(instance)

    const id = await makeAddCredential(deps)({ ...draft, secret: new Secret('first') })
    const edit = makeEditCredential(deps)
    const outcomes = [
      await edit('Router', { secret: new Secret('second') }),
      await edit(id, { secret: new Secret('second') }),
    ]
    const shown = await makeShowCredential(deps)('Router', true)
    await makeRemoveCredential(deps)(id)

    expect(outcomes).toEqual(['changed', 'unchanged'])
    expect([shown.secret?.reveal(), shown.history[0]?.secret.reveal()]).toEqual(['second', 'first'])
    expect(await actionsOf(instance)).toEqual([
      'credential.remove',
      'credential.reveal',
      'credential.edit',
      'credential.add',
    ])
  })

  test('are refused when they could not go through a bundle, without their values', async () => {
    await using instance = await anInstance()
    const secret = new Secret('hunter2')

    const adding = makeAddCredential(depsOf(instance))({ ...draft, host: 'a\nb', secret })

    await expect(adding).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/host/) as string,
    })
    expect(await instance.catalogue.credentials.list()).toEqual([])
  })

  test('are not removed while a destination logs in with them', async () => {
    await using instance = await anInstance()
    const deps = depsOf(instance)
    const id = await makeAddCredential(deps)({ ...draft, user: 'redoma', secret: new Secret('x') })
    await instance.catalogue.destinations.add({
      id: randomUUID(),
      name: 'office',
      spec: { ...share, credential: id },
      repositoryPassword: new Secret('y'),
      createdAt: instance.clock.now(),
      runsBefore: 0,
    })

    const removing = makeRemoveCredential(deps)('Router')

    await expect(removing).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('office') as string,
    })
    expect(await instance.catalogue.credentials.list()).toHaveLength(1)
  })

  test('must be named by their id where a title is not enough', async () => {
    await using instance = await anInstance()
    const add = makeAddCredential(depsOf(instance))
    const ids = [await add(draft), await add(draft)]

    const showing = makeShowCredential(depsOf(instance))('Router', false)

    await expect(showing).rejects.toMatchObject({ code: 'AMBIGUOUS' })
    await expect(showing).rejects.toMatchObject({ hint: expect.stringContaining(ids[0] ?? '') as string })
    await expect(makeShowCredential(depsOf(instance))('nothing', false)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

describe('adding a source', () => {
  const files = { kind: 'files', exclude: [], excludeCaches: true, oneFileSystem: false } as const

  test.each([
    ['whose path is relative', 'a', { ...files, paths: ['etc'] }, 'USAGE'],
    ['whose path is not there', 'a', { ...files, paths: ['/nowhere/at/all'] }, 'SOURCE_UNREADABLE'],
    [
      'of recordings that is no folder',
      'a',
      { kind: 'recordings', path: '/etc/hostname', settleSeconds: 1 },
      'USAGE',
    ],
    ['whose program has no path', 'a', { kind: 'command', argv: ['cat'] }, 'USAGE'],
    ['whose program is not there', 'a', { kind: 'command', argv: ['/nowhere/cat'] }, 'SOURCE_UNREADABLE'],
    ['with a name like an option', '-a', { ...files, paths: ['/etc'] }, 'USAGE'],
    ['with a name of the instance itself', 'registry', { ...files, paths: ['/etc'] }, 'USAGE'],
  ] as const)('refuses one %s', async (_, name, spec, code) => {
    await using instance = await anInstance()

    await expect(
      makeAddSource({ ...depsOf(instance), databaseSource: noDatabases, home: instance.home })(name, spec),
    ).rejects.toMatchObject({ code })
  })

  test('keeps one that is there', async () => {
    await using instance = await anInstance()

    const source = await makeAddSource({
      ...depsOf(instance),
      databaseSource: noDatabases,
      home: instance.home,
    })('etc', {
      ...files,
      paths: ['/etc'],
    })

    expect(await instance.catalogue.sources.get('etc')).toEqual(source)
    expect(await actionsOf(instance)).toEqual(['source.add'])
  })
})

describe('adding a destination', () => {
  test('makes its folder and a random password, and says that it is on the same machine', async () => {
    await using instance = await anInstance()
    const add = addTo(instance)
    await mkdir(join(instance.home, 'home'))

    const first = await add('a', { kind: 'local', path: join(instance.home, 'a') }, undefined, signal)
    const second = await add('b', { kind: 'local', path: join(instance.home, 'b') }, undefined, signal)

    expect(first.warnings[0]).toBe(`${join(instance.home, 'a')} was not there and was made.`)
    expect(first.warnings[1]).toContain('not a backup')
    expect(first.record.repositoryPassword.reveal()).toMatch(/^[\w-]{32}$/)
    expect(first.record.repositoryPassword.equals(second.record.repositoryPassword)).toBe(false)
  })

  test.each([
    ['under a parent that is not there', 'x/y', 'DESTINATION_UNREACHABLE'],
    ["in the instance's folder", 'home/copies', 'USAGE'],
    ['that another destination has', 'a/', 'ALREADY_EXISTS'],
  ])('refuses one %s', async (_, path, code) => {
    await using instance = await anInstance()
    const add = addTo(instance)
    await mkdir(join(instance.home, 'home'))
    await add('a', { kind: 'local', path: join(instance.home, 'a') }, undefined, signal)

    const adding = add('b', { kind: 'local', path: join(instance.home, path) }, undefined, signal)

    await expect(adding).rejects.toMatchObject({ code })
  })
})
