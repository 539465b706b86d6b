import { spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { readIdentities } from '../../src/crypto/age/identity-file.ts'
import { madeOnce } from '../support/made-once.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'

const passwords = { first: 'seldom-Quartz 71 anvil_harbour', second: 'Teal_lantern 88 overhear-gravel' }
const newerAge = newerProgram('age')
const recordings = new URL('../vectors/recordings', import.meta.url).pathname

interface World extends AsyncDisposable {
  readonly redoma: Redoma
  readonly at: (...names: string[]) => string
  /** Paths of all that is sealed to a recovery key. */
  sealed(): Promise<string[]>
  bundles(): Promise<string[]>
  readonly rewrap: readonly string[]
}

/** Three bundles and some recordings of a first recovery key, after which a second one began. */
const begun = madeOnce(async (path) => {
  const at = (...names: string[]): string => join(path, ...names)
  const redoma = redomaAt(at('home'))
  for (const [name, password] of Object.entries(passwords))
    await writeFile(at(name), password, { mode: 0o600 })
  const credentials = [{ id: '1', title: 'A', kind: 'password', secret: 'hunter2' }]
  await writeFile(at('vault.json'), JSON.stringify({ schema: 'redoma-credentials/1', credentials }))
  const backUp = ['backup', 'create', '--only', 'secrets,recordings']
  const words = [
    ['init', '--name', 'vault-1'],
    ['destination', 'add', 'nas', '--local', at('nas')],
    ['source', 'add', 'sessions', '--recordings', recordings, '--settle', '0'],
    ['credential', 'import', at('vault.json')],
    [...ceremony, at('first'), '--out', at('ceremony-1')],
    backUp,
    backUp,
    backUp,
  ]
  for (const command of words) await must(redoma, command)
  await writeIdentity(path, 1, 'first')
  await must(redoma, [...ceremony, at('second'), '--out', at('ceremony-2')])
  await writeIdentity(path, 2, 'second')
})

const ceremony = ['glass', 'ceremony', '--yes', '--password-file']

async function aWorld(): Promise<World> {
  const folder = await begun()
  const at = (...names: string[]): string => join(folder.path, ...names)
  const redoma = redomaAt(at('home'))
  const identity = at('ceremony-1', 'identity.password.age')
  const namesIn = async (pattern: RegExp): Promise<string[]> => {
    const names = await readdir(at('nas'), { recursive: true })
    return names.filter((name) => pattern.test(name)).map((name) => at('nas', name))
  }
  return {
    redoma,
    at,
    sealed: () => namesIn(/^secrets\/vault-1-.*\.age$|^recordings\/.*\.age$/),
    bundles: () => namesIn(/^secrets\/vault-1-.*\.age$/),
    rewrap: ['glass', 'rewrap', '--yes', '--json', '--identity', identity, '--password-file', at('first')],
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

async function must(redoma: Redoma, command: readonly string[]): Promise<string> {
  const ended = await redoma.run(command)
  expect(ended, `${command.join(' ')}: ${ended.stderr}`).toMatchObject({ code: 0 })
  return ended.stdout + ended.stderr
}

async function writeIdentity(path: string, number: number, name: keyof typeof passwords): Promise<void> {
  const file = await readFile(join(path, `ceremony-${number}`, 'identity.password.age'))
  const [identity] = await readIdentities(file, async () => new Secret(passwords[name]))
  await writeFile(join(path, `${name}.txt`), `${identity?.reveal() ?? ''}\n`)
}

function opens(age: string, identity: string, path: string): boolean {
  return spawnSync(age, ['-d', '-i', identity, path], { maxBuffer: 1e9 }).status === 0
}

async function ledgerOf({ redoma }: World): Promise<unknown> {
  const { stdout } = await redoma.run(['backup', 'verify', '--json'])
  const report = JSON.parse(stdout) as { what: string; outcome: { kind: string } }[]
  return report.find(({ what }) => what === 'ledger')?.outcome.kind
}

describe.skipIf(programMissing('age'))('rewrapping', () => {
  test('has stock age open bundles and recordings with the new key, and not with the old one', async () => {
    await using world = await aWorld()
    const { redoma, at, rewrap } = world
    const sealed = await world.sealed()
    expect(sealed.length).toBeGreaterThan(5)
    const dry = await redoma.run(['glass', 'rewrap', '--dry-run', '--json'])
    expect((JSON.parse(dry.stdout) as { objects: unknown[] }[])[0]?.objects).toHaveLength(sealed.length)

    const { code, stdout } = await redoma.run(rewrap)

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([{ rewrapped: sealed.length, generation: 2, problems: [] }])
    for (const path of sealed) {
      expect(opens('age', at('second.txt'), path), path).toBe(true)
      expect(opens('age', at('first.txt'), path), path).toBe(false)
    }
    expect(await ledgerOf(world)).toBe('verified')
    const planned = await redoma.run(['glass', 'rewrap', '--dry-run', '--json'])
    expect(JSON.parse(planned.stdout)).toMatchObject([{ objects: [] }])
    const again = await redoma.run(['backup', 'create', '--only', 'recordings', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ parts: [{ figures: { itemsNew: 0 } }] })
  })

  test('makes no bundle a forged one: it is verified with the new key, and opened, and both say what it is', async () => {
    await using world = await aWorld()
    const { redoma, at, rewrap } = world
    await must(redoma, rewrap)
    await must(redoma, ['backup', 'create', '--only', 'secrets'])
    const identity = [
      '--identity',
      at('ceremony-2', 'identity.password.age'),
      '--password-file',
      at('second'),
    ]

    expect(await must(redoma, ['glass', 'verify', ...identity])).toContain('4 bundles')

    const [oldest = ''] = (await world.bundles()).toSorted()
    const said = await must(redoma, ['glass', 'open', oldest, ...identity])
    expect(said).toContain('It was sealed to generation 1, and rewrapped since: its key is of generation 2.')
    expect(said).not.toContain('somebody else made it')
  })

  test.skipIf(newerAge === undefined)(
    'takes a classic bundle to a key that resists quantum computers',
    async () => {
      await using world = await aWorld()
      const words = [...ceremony, world.at('second'), '--out', world.at('ceremony-3'), '--profile', 'pq']
      await must(world.redoma, words)
      await writeIdentity(world.at(), 3, 'second')

      expect(await world.redoma.run(world.rewrap)).toMatchObject({ code: 0 })

      for (const path of await world.sealed()) {
        expect(opens(newerAge ?? '', world.at('second.txt'), path), path).toBe(true)
        expect((await readFile(path, 'latin1')).slice(0, 4000).match(/^-> \S+/gm)).toEqual([
          '-> mlkem768x25519',
        ])
      }
    },
  )

  test('goes on after kill -9, whenever that comes, until all is done', async () => {
    await using world = await aWorld()
    const { redoma, at, rewrap } = world
    const announced = async (): Promise<number> =>
      (await readFile(at('nas', 'ledger.jsonl'), 'utf8')).split('"rewrapped"').length
    const total = (await world.sealed()).length
    let killed = 0
    // Each time a moment later after what the run before has announced, which is when objects are being replaced.
    for (let moment = 0; moment < 4; moment++) {
      const before = await announced()
      const { child, ended } = redoma.start(rewrap)
      while (child.exitCode === null && (await announced()) === before) await setTimeout(1)
      await setTimeout(5 * moment)
      child.kill('SIGKILL')
      if ((await ended).code === null) killed++
      for (const path of await world.sealed()) {
        expect(opens('age', at('first.txt'), path) || opens('age', at('second.txt'), path), path).toBe(true)
      }
    }
    expect(killed).toBeGreaterThan(0)

    const { stdout } = await redoma.run(['glass', 'rewrap', '--dry-run', '--json'])
    const left = (JSON.parse(stdout) as { objects: unknown[] }[])[0]?.objects.length ?? 0
    expect(left).toBeLessThanOrEqual(total)
    expect(await redoma.run(rewrap)).toMatchObject({ code: 0 })

    for (const path of await world.sealed()) expect(opens('age', at('second.txt'), path), path).toBe(true)
    expect(await ledgerOf(world)).toBe('verified')
  })

  test('needs the right key, and changes nothing without it', async () => {
    await using world = await aWorld()
    const { redoma, at } = world
    const wrong = at('ceremony-2', 'identity.password.age')

    const words = ['glass', 'rewrap', '--yes', '--identity', wrong, '--password-file', at('second')]
    const { code, stderr } = await redoma.run(words)

    expect(code).toBe(5)
    expect(stderr).toContain('another-key')
    for (const path of await world.sealed()) expect(opens('age', at('first.txt'), path), path).toBe(true)
    expect(redoma.printed()).not.toContain('AGE-SECRET-KEY')
  })
})
