import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { admitUsers } from '../../src/api/access/admit-users.ts'
import { admitOwner } from '../../src/api/admission.ts'
import type { Api } from '../../src/api/contract/route.ts'
import type { ApiDeps, ServedInstance } from '../../src/api/deps.ts'
import { makeApi } from '../../src/api/make-api.ts'
import { openRestoreDesk } from '../../src/api/restores/restore-desk.ts'
import { makeAnswerApproval } from '../../src/app/approvals/answer-approval.ts'
import { administratorsOf } from '../../src/app/users/administrators.ts'
import { looking } from '../../src/main/looking.ts'
import { openInstance } from '../../src/main/open-instance.ts'
import { restoring } from '../../src/main/restoring.ts'
import { readSettings } from '../../src/main/settings.ts'
import type { Role } from '../../src/ports/access.ts'
import type { User } from '../../src/ports/user.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { type ProtectedTree, protectedTrees } from '../support/protected-tree.ts'
import { aBrowserOf, aUser } from '../support/users.ts'

const clock = { now: () => new Date() }
const aTree = protectedTrees(async ({ tree, redoma }) => {
  await mkdir(join(tree, 'etc'))
  await writeFile(join(tree, 'etc', 'hosts'), '127.0.0.1 localhost')
  await symlink('/etc/shadow', join(tree, 'etc', 'link'))
  await redoma.run(['backup', 'create', '--only', 'system', '--source', 'tree'])
})

describe('a restore by the API over the network', () => {
  test('comes back whole below the restore root, once, and is followed to its end', async () => {
    await using world = await aWorld()
    const asked = {
      snapshot: 'latest',
      source: 'tree',
      target: `${world.root}/case-7/x`,
    }

    const [status, begun] = await world.ask('olga', 'POST', '', asked, { 'idempotency-key': 'once' })
    const [, again] = await world.ask('olga', 'POST', '', asked, { 'idempotency-key': 'once' })
    const events = await world.eventsOf('audrey', begun.id)
    const [, done] = await world.ask('audrey', 'GET', `/${begun.id}`)
    const [, list] = await world.ask('audrey', 'GET', '')

    expect([status, begun.state, again.id]).toEqual([202, 'waiting', begun.id])
    expect(events).toMatch(/event: end\ndata: .*"state":"done"[^\n]*\n*$/)
    expect(compareTrees(world.tree, `${world.root}/case-7/x${world.tree}`)).toEqual([])
    expect(done).toMatchObject({
      ...{ state: 'done', askedBy: 'user:olga', source: 'tree', verify: true },
      outcome: { files: 2, problemCount: 0, problems: [] },
    })
    expect(list).toMatchObject({ root: world.root, items: [{ id: begun.id, snapshot: done.snapshot }] })
    expect((await world.opened.catalogue.audit.list(1))[0]).toMatchObject({
      ...{ actor: 'user:olga', action: 'snapshot.restore', subject: `${world.root}/case-7/x` },
    })
  })

  test('of a dry run tells what would be written, and writes nothing', async () => {
    await using world = await aWorld()

    const id = await world.start('olga', { target: `${world.root}/a`, path: world.tree, dryRun: true })
    await world.desk.ended(id)

    const [, done] = await world.ask('olga', 'GET', `/${id}`)
    expect(done).toMatchObject({ state: 'done', outcome: { files: 2 } })
    expect(done.outcome?.entries?.map(({ path }) => path)).toContain(`${world.root}/a/etc/hosts`)
    expect(await readdir(world.root)).toEqual([])
  })

  test.each<[string, (world: World) => string, number]>([
    ['the root itself', ({ root }) => root, 403],
    ['what is beside the root', ({ root }) => `${root}-2/x`, 403],
    ['the instance', ({ home }) => `${home}/x`, 403],
    ['a destination', ({ nas }) => `${nas}/x`, 403],
    ['the system', () => '/etc/cron.d', 403],
    ['a way up', ({ root }) => `${root}/a/../../x`, 400],
    ['no absolute path', () => 'x', 400],
    ['a path with a zero', ({ root }) => `${root}/a\0b`, 400],
    ['a path with a line end', ({ root }) => `${root}/a\nb`, 400],
    ['a link in the root', ({ root }) => `${root}/out`, 422],
    ['what is behind a link in the root', ({ root }) => `${root}/out/x`, 422],
    ['a file in the root', ({ root }) => `${root}/file/x`, 422],
  ])('goes not to %s', async (_, targetOf, refused) => {
    await using world = await aWorld()
    const outside = join(world.path, 'outside')
    await mkdir(outside)
    await symlink(outside, join(world.root, 'out'))
    await writeFile(join(world.root, 'file'), '')

    for (const who of ['olga', 'boss']) {
      const [status] = await world.ask(who, 'POST', '', { target: targetOf(world) })
      expect(status, who).toBe(refused)
    }

    expect(await readdir(outside)).toEqual([])
    expect((await world.ask('boss', 'GET', ''))[1].items).toEqual([])
  })

  test('goes not through a link that was put in its way while it waited', async () => {
    await using world = await aWorld()
    const outside = join(world.path, 'outside')
    await mkdir(outside)
    const held = world.hold()
    const id = await world.start('olga', { target: `${world.root}/a/b` })
    await symlink(outside, join(world.root, 'a'))

    held.letGo()
    await world.desk.ended(id)

    expect((await world.ask('olga', 'GET', `/${id}`))[1]).toMatchObject({
      state: 'failed',
      failure: { code: 'PATH_UNSAFE' },
    })
    expect(await readdir(outside)).toEqual([])
  })

  test('is for nobody where the machine has no restore root, or one that does not fit any more', async () => {
    await using world = await aWorld()
    const target = `${world.root}/a`

    await chmod(world.root, 0o701)
    expect(await world.ask('boss', 'POST', '', { target })).toMatchObject([422, { code: 'PATH_UNSAFE' }])
    await chmod(world.root, 0o700)
    await rename(world.root, `${world.root}-moved`)
    await symlink(`${world.root}-moved`, world.root)
    expect(await world.ask('boss', 'POST', '', { target })).toMatchObject([422, { code: 'PATH_UNSAFE' }])
    await rm(world.root)
    await rename(`${world.root}-moved`, world.root)
    await world.setRoot(undefined)
    expect(await world.ask('boss', 'POST', '', { target })).toMatchObject([403, { code: 'NOT_ALLOWED' }])
    for (const folder of [
      '/',
      '/proc/self',
      world.path,
      world.home,
      join(world.nas, 'system'),
      `${world.root}/none`,
    ])
      await expect(world.setRoot(folder), folder).rejects.toMatchObject({ code: 'PATH_UNSAFE' })
    const loose = join(world.path, 'loose')
    await mkdir(join(loose, 'root'), { recursive: true, mode: 0o700 })
    await chmod(loose, 0o777)
    await expect(world.setRoot(join(loose, 'root'))).rejects.toThrow(/others may change/)
    expect(await readdir(world.root)).toEqual([])
  })

  test('over what is there needs a second person where the rules say so, also where it came there since', async () => {
    await using world = await aWorld()
    await world.opened.setRules({ 'restore-over': 'always' }, new AbortController().signal)
    const target = `${world.root}/a`
    await mkdir(target)
    await writeFile(join(target, 'mine'), 'x')
    const request = { target, path: world.tree, delete: true }

    expect(await world.ask('olga', 'POST', '', request)).toMatchObject([409, { code: 'APPROVAL_NEEDED' }])
    const [approval] = (await world.opened.catalogue.approvals.page(newest)).items
    expect(approval).toMatchObject({ danger: 'restore-over', subject: target, askedBy: 'user:olga' })
    await world.agree(approval?.id ?? 0)
    await world.desk.ended(await world.start('olga', request))
    expect(compareTrees(join(world.tree, 'etc'), join(target, 'etc'))).toEqual([])
    expect((await readdir(target)).toSorted()).toEqual(['etc', 'small'])
    expect(await world.ask('olga', 'POST', '', request)).toMatchObject([409, { code: 'APPROVAL_NEEDED' }])

    const held = world.hold()
    const late = await world.start('olga', { target: `${world.root}/b`, path: world.tree })
    await mkdir(`${world.root}/b/there`, { recursive: true })
    held.letGo()
    await world.desk.ended(late)
    expect((await world.ask('olga', 'GET', `/${late}`))[1]).toMatchObject({
      failure: { code: 'APPROVAL_NEEDED' },
    })
    expect(await readdir(`${world.root}/b`)).toEqual(['there'])
  })

  test('is for those who may, and stopped by them', async () => {
    await using world = await aWorld()
    const held = world.hold()
    const [first, second] = [
      await world.start('olga', { target: `${world.root}/a` }),
      await world.start('olga', { target: `${world.root}/b` }),
    ]

    expect((await world.ask('audrey', 'POST', '', { target: `${world.root}/c` }))[0]).toBe(403)
    expect((await world.ask('audrey', 'DELETE', `/${second}`))[0]).toBe(403)
    expect((await world.ask('boss', 'DELETE', `/${second}`))[0]).toBe(202)
    await world.desk.ended(second)
    expect((await world.ask('audrey', 'GET', `/${second}`))[1]).toMatchObject({
      ...{ state: 'cancelled', cancelledBy: 'user:boss' },
    })
    held.letGo()
    await world.desk.ended(first)
    expect((await world.ask('boss', 'DELETE', `/${first}`))[1]).toMatchObject({ code: 'USAGE' })
    expect(await readdir(world.root)).toEqual(['a'])
  })

  test('says that there is no repository any more, and begins nothing', async () => {
    await using world = await aWorld()
    await rm(join(world.nas, 'system'), { recursive: true })

    const [status, answer] = await world.ask('olga', 'POST', '', { target: `${world.root}/a` })

    expect([status, answer.code]).toEqual([409, 'REPOSITORY_MISSING'])
    expect((await world.ask('boss', 'GET', ''))[1].items).toEqual([])
  })
})

test('who comes by the socket restores where the command does', async () => {
  await using world = await aWorld()
  const target = join(world.path, 'anywhere')

  const [status, { id }] = await world.ask('socket', 'POST', '', { target })
  await world.desk.ended(id)

  expect(status).toBe(202)
  expect(compareTrees(world.tree, join(target, world.tree))).toEqual([])
})

const newest = { sort: 'id', direction: 'desc', limit: 1 } as const

interface Answer {
  readonly id: number
  readonly state?: string
  readonly code?: string
  readonly snapshot?: string
  readonly items?: readonly unknown[]
  readonly outcome?: { readonly entries?: readonly { readonly path: string }[] }
}

type World = Awaited<ReturnType<typeof aWorld>>

/** A real instance with a backup, its API for users and for who comes by the socket, and a restore root. */
async function aWorld() {
  await using opening = new AsyncDisposableStack()
  const world: ProtectedTree = opening.use(await aTree())
  const root = join(world.path, 'restored')
  await mkdir(root, { mode: 0o700 })
  const settings = readSettings({ REDOMA_HOME: world.home })
  const opened = opening.use(await openInstance(settings, clock, () => undefined))
  const stop = new AbortController()
  let gate: Promise<true> | undefined
  const real = restoring(settings, (use) => use(opened), clock)
  const instance: ServedInstance = {
    ...opened,
    verify: async () => [],
    createBackup: () => Promise.reject(new Error('this test makes no backup')),
    look: looking((use) => use(opened), clock),
    restores: {
      ...real,
      async carryOut(...asked) {
        await gate
        return real.carryOut(...asked)
      },
    },
  }
  const desk = openRestoreDesk({ instance, clock, stopping: stop.signal })
  const deps: ApiDeps = { instance, clock, version: '0', stopping: stop.signal, restores: desk }
  const apis = { users: makeApi(deps, admitUsers(instance)), socket: makeApi(deps, admitOwner('root')) }
  const { catalogue } = opened
  const users = new Map<string, User>()
  for (const [name, role] of people) users.set(name, await aUser({ catalogue, clock }, name, role))
  await setRoot(root)
  const kept = opening.move()

  async function setRoot(folder: string | undefined): Promise<void> {
    await (await opened.restoreRoot()).set(folder)
  }

  async function request(
    who: string,
    method: string,
    path: string,
    body?: unknown,
    more = {},
  ): Promise<Response> {
    const user = users.get(who)
    const [api, headers]: [Api, object] =
      user === undefined ? [apis.socket, {}] : [apis.users, await aBrowserOf({ catalogue, clock }, user)]
    const text = body === undefined ? null : JSON.stringify(body)
    const type = text === null ? {} : { 'content-type': 'application/json' }
    return api.request(`/api/v1/restores${path}`, {
      method,
      body: text,
      headers: { ...headers, ...type, ...more },
    })
  }

  async function ask(
    who: string,
    method: string,
    path: string,
    body?: object,
    more = {},
  ): Promise<[number, Answer]> {
    const usual = { destination: 'nas', snapshot: 'latest', source: 'tree' }
    const answer = await request(who, method, path, body && { ...usual, ...body }, more)
    return [answer.status, (await answer.json()) as Answer]
  }

  return {
    ...world,
    ...{ root, opened, desk, setRoot, ask },
    async start(who: string, body: object): Promise<number> {
      const [status, { id }] = await ask(who, 'POST', '', body)
      expect(status).toBe(202)
      return id
    },
    eventsOf: async (who: string, id: number) => (await request(who, 'GET', `/${id}/events`)).text(),
    /** What begins from now on does nothing until it is let go. */
    hold() {
      const held = Promise.withResolvers<true>()
      gate = held.promise
      return {
        letGo: () => {
          held.resolve(true)
        },
      }
    },
    async agree(id: number) {
      const administrators = () => administratorsOf(catalogue)
      await makeAnswerApproval({ catalogue, clock, actor: 'user:boss', administrators })(id, true)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await desk.idle()
      await kept[Symbol.asyncDispose]()
    },
  }
}

const people: readonly (readonly [string, Role])[] = [
  ['olga', 'operator'],
  ['audrey', 'auditor'],
  ['boss', 'administrator'],
  ['other', 'administrator'],
]
