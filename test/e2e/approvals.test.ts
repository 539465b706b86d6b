import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Approval } from '../../src/ports/approval.ts'
import { openedAgain } from '../support/instance.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'
import { goodPassword } from '../support/users.ts'

describe('a second person', () => {
  let folder: TemporaryFolder
  let redoma: Redoma
  let byDrill: readonly string[] = []
  const at = (...names: string[]): string => join(folder.path, ...names)

  beforeAll(async () => {
    folder = await temporaryFolder()
    redoma = redomaAt(at('home'))
    for (const name of ['home', 'nas', 'files', 'live']) await mkdir(at(name))
    await writeFile(at('files', 'file'), 'as it was')
    await run('init')
    await run('source', 'add', 'files', '--files', at('files'))
    await run('destination', 'add', 'nas', '--local', at('nas'))
    await run('backup', 'create', '--only', 'system')
    execFileSync('age-keygen', ['-o', at('guardian.txt')], { stdio: 'ignore' })
    const recipient = execFileSync('age-keygen', ['-y', at('guardian.txt')])
      .toString()
      .trim()
    byDrill = ['--quorum', '2/2', '--seal', `1=${recipient}`, '--seal', `2=${recipient}`, '--prove-by-drill']
    await run('glass', 'ceremony', ...byDrill, '--out', at('first'))
    await redoma.run(['user', 'add', 'ada', '--role', 'administrator'], goodPassword)
    await redoma.run(['user', 'add', 'grace', '--role', 'administrator'], goodPassword)
    await redoma.run(['user', 'add', 'olga', '--role', 'operator'], goodPassword)
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('has to agree before another recovery key counts, sees both fingerprints, and is waited for', async () => {
    const away = redomaAt(at('nowhere'))
    await away.run([
      'glass',
      'ceremony',
      '--offline',
      '--instance-name',
      'v',
      ...byDrill,
      '--out',
      at('away'),
    ])
    const file = at('away', 'recovery-key.json')
    const { fingerprint } = JSON.parse(await readFile(file, 'utf8')) as { fingerprint: string }
    const before = JSON.parse((await run('glass', 'show', '--json')).stdout) as { fingerprint: string }[]
    const checkValue = execFileSync('sha256sum', [file]).toString().slice(0, 64)
    const adopting = redoma.start(['glass', 'adopt', file, '--check-value', checkValue, '--json'])

    const asked = await firstWaiting()
    const spoken = asked.lines.join(' ').replaceAll(' ', '')
    expect(asked).toMatchObject({ danger: 'recipient' })
    expect(spoken).toContain(fingerprint)
    expect(spoken).toContain(before[0]?.fingerprint)
    expect(JSON.parse((await run('glass', 'show', '--json')).stdout)).toEqual(before)

    expect(await give(asked.id, 'olga')).toMatchObject({ code: 1 })
    expect(await give(asked.id, 'grace', 'not her password at all')).toMatchObject({ code: 1 })
    expect(await give(asked.id, 'grace')).toMatchObject({ code: 0 })
    const adopted = await adopting.ended
    expect(adopted).toMatchObject({ code: 0, stderr: expect.stringContaining('approval give') as string })
    expect(JSON.parse(adopted.stdout)).toMatchObject({ fingerprint })
    expect((await run('audit', 'list')).stdout).toMatch(/user:grace +approval\.give/)
  })

  test('is asked for what the rules say, and nothing is done when the command is given up, or the answer is no', async () => {
    await run('approval', 'rules', 'copies=always', 'restore-over=always')
    await writeFile(at('files', 'file'), 'as it is')
    await run('backup', 'create', '--only', 'system')
    const snapshots = await readdir(at('nas', 'system', 'snapshots'))
    const forget = ['backup', 'forget', '--source', 'files', '--keep-last', '1', '--yes']

    const givenUp = redoma.start(forget)
    const { id } = await firstWaiting()
    givenUp.child.kill('SIGINT')
    expect(await givenUp.ended).toMatchObject({ code: 130 })
    expect(await refuse(id, 'grace')).toMatchObject({ code: 0 })
    expect(await readdir(at('nas', 'system', 'snapshots'))).toEqual(snapshots)

    const again = redoma.start(forget)
    const next = await firstWaiting()
    expect(next.id).toBeGreaterThan(id)
    await refuse(next.id, 'ada')
    expect(await again.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('ada') as string })
    expect(await readdir(at('nas', 'system', 'snapshots'))).toEqual(snapshots)
  })

  test('is asked before a restore over what is there, and not before one to where nothing is', async () => {
    await writeFile(at('live', 'file'), 'precious')
    expect(await redoma.run(['restore', 'latest', '--to', at('new')])).toMatchObject({ code: 0 })

    const restoring = redoma.start(['restore', 'latest', '--to', at('live')])
    const { id, danger, lines } = await firstWaiting()
    expect({ danger, said: lines.join(' ') }).toEqual({
      danger: 'restore-over',
      said: expect.stringContaining(at('live')) as string,
    })
    expect(await readdir(at('live'))).toEqual(['file'])
    await give(id, 'grace')

    expect(await restoring.ended).toMatchObject({ code: 0 })
  })

  test('has to agree before fewer things need one', async () => {
    const loosening = redoma.start(['approval', 'rules', 'copies=never'])
    const { id } = await firstWaiting()
    await give(id, 'ada')

    expect(await loosening.ended).toMatchObject({ code: 0 })
    expect(JSON.parse((await run('approval', 'rules', '--json')).stdout)).toMatchObject({ copies: 'never' })
  })

  async function run(...words: string[]): ReturnType<Redoma['run']> {
    const ended = await redoma.run(words)
    expect(ended, words.join(' ')).toMatchObject({ code: 0 })
    return ended
  }

  function give(id: number, user: string, password = goodPassword): ReturnType<Redoma['run']> {
    return redoma.run(['approval', 'give', String(id), '--user', user], password)
  }

  function refuse(id: number, user: string): ReturnType<Redoma['run']> {
    return redoma.run(['approval', 'refuse', String(id), '--user', user], goodPassword)
  }

  /** What waits, once something does. */
  async function firstWaiting(): Promise<Approval> {
    await using catalogue = await openedAgain(at('home'), { now: () => new Date() })
    const newest = { sort: 'id', direction: 'desc', limit: 1 } as const
    return await until('somebody is asked', async () => {
      const [approval] = (await catalogue.approvals.page(newest)).items
      return approval?.answer === undefined ? approval : undefined
    })
  }
})
