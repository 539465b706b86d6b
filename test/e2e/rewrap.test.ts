import { spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { readIdentities } from '../../src/crypto/age/identity-file.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const passwords = { first: 'seldom-Quartz 71 anvil_harbour', second: 'Teal_lantern 88 overhear-gravel' }
const newerAge = newerProgram('age')
const recordings = new URL('../vectors/recordings', import.meta.url).pathname

interface World extends AsyncDisposable {
  readonly redoma: Redoma
  readonly at: (...names: string[]) => string
  /** Paths of all that is sealed to a recovery key. */
  sealed(): Promise<string[]>
  rewrap: readonly string[]
}

/** Three bundles and some recordings of a first recovery key; then a second one began. */
async function aWorld(profile: 'classic' | 'pq'): Promise<World> {
  const folder = await temporaryFolder()
  const at = (...names: string[]): string => join(folder.path, ...names)
  const redoma = redomaAt(at('home'))
  for (const [name, password] of Object.entries(passwords))
    await writeFile(at(name), password, { mode: 0o600 })
  await writeFile(
    at('vault.json'),
    JSON.stringify({
      schema: 'redoma-credentials/1',
      credentials: [{ id: '1', title: 'A', kind: 'password', secret: 'hunter2' }],
    }),
  )
  const ceremony = ['glass', 'ceremony', '--yes', '--password-file']
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
    [...ceremony, at('second'), '--out', at('ceremony-2'), '--profile', profile],
  ]
  for (const command of words) {
    const ended = await redoma.run(command)
    expect(ended, `${command.join(' ')}: ${ended.stderr}`).toMatchObject({ code: 0 })
  }
  for (const [name, number] of [
    ['first', 1],
    ['second', 2],
  ] as const) {
    const file = await readFile(at(`ceremony-${number}`, 'identity.password.age'))
    const [identity] = await readIdentities(file, async () => new Secret(passwords[name]))
    await writeFile(at(`${name}.txt`), `${identity?.reveal() ?? ''}\n`)
  }
  const identity = at('ceremony-1', 'identity.password.age')
  return {
    redoma,
    at,
    async sealed() {
      const names = await readdir(at('nas'), { recursive: true })
      const isSealed = (name: string): boolean =>
        /^secrets\/vault-1-.*\.age$|^recordings\/.*\.age$/.test(name)
      return names.filter(isSealed).map((name) => at('nas', name))
    },
    rewrap: ['glass', 'rewrap', '--yes', '--json', '--identity', identity, '--password-file', at('first')],
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
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
    await using world = await aWorld('classic')
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
    const again = await redoma.run(['backup', 'create', '--only', 'recordings', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ parts: [{ figures: { itemsNew: 0 } }] })
  })

  test.skipIf(newerAge === undefined)(
    'takes a classic bundle to a key that resists quantum computers',
    async () => {
      await using world = await aWorld('pq')

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
    await using world = await aWorld('classic')
    const { redoma, at, rewrap } = world
    for (const milliseconds of [600, 1200, 1800, 2400]) {
      const { child, ended } = redoma.start(rewrap)
      await Promise.race([setTimeout(milliseconds), ended])
      child.kill('SIGKILL')
      await ended
      for (const path of await world.sealed()) {
        expect(opens('age', at('first.txt'), path) || opens('age', at('second.txt'), path), path).toBe(true)
      }
    }

    expect(await redoma.run(rewrap)).toMatchObject({ code: 0 })

    for (const path of await world.sealed()) expect(opens('age', at('second.txt'), path), path).toBe(true)
    expect(await ledgerOf(world)).toBe('verified')
  })

  test('needs the right key, and changes nothing without it', async () => {
    await using world = await aWorld('classic')
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
