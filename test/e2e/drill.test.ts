import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atTerminal } from '../support/at-terminal.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const patience = 600_000

/** Steps of one story, in order: each builds on what the one before left. */
describe('a drill', () => {
  let folder: AsyncDisposable & { readonly path: string }
  let redoma: Redoma
  /** A guardian's machine: there is no instance on it. */
  let away: Redoma
  const at = (...names: string[]): string => join(folder.path, ...names)

  beforeAll(async () => {
    folder = await temporaryFolder()
    redoma = redomaAt(at('home'))
    away = redomaAt(at('nowhere'))
    await redoma.run(['init', '--name', 'vault-1'])
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('follows a ceremony whose shares were sealed to the keys of registered guardians', {
    timeout: patience,
  }, async () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('ssh')])
    execFileSync('age-keygen', ['-o', at('age.txt')], { stdio: 'ignore' })
    const keys = {
      Ana: readFileSync(at('ssh.pub'), 'utf8').trim(),
      Bruno: execFileSync('age-keygen', ['-y', at('age.txt')])
        .toString()
        .trim(),
    }
    for (const [name, key] of Object.entries(keys)) {
      expect(await redoma.run(['glass', 'guardian', 'add', name, '--key', key])).toMatchObject({ code: 0 })
    }

    const giving = ['--for', '1=Ana', '--for', '2=Bruno', '--seal', '1', '--seal', '2', '--prove-by-drill']
    const held = await redoma.run(['glass', 'ceremony', '--quorum', '2/2', ...giving, '--out', at('out')])

    expect(held.code, held.stderr).toBe(0)
    expect(held.stdout).toContain('NOT PROVEN: shares 1, 2')
    execFileSync('age', ['-d', '-i', at('ssh'), '-o', at('card-1'), at('out', 'share-1.age')])
    execFileSync('age', ['-d', '-i', at('age.txt'), '-o', at('card-2'), at('out', 'share-2.age')])
    const status = await redoma.run(['glass', 'drill', 'status'])
    expect(status.code).toBe(3)
    expect(status.stdout).toMatch(/1 +guardians +Ana +never/)
    expect(status.stdout).toContain('hold a drill')
  })

  test('is answered by code and by file from machines that have no instance', {
    timeout: patience,
  }, async () => {
    const earlier = await redoma.run(['glass', 'drill', 'start', '--out', at('earlier.json')])
    expect(earlier.stdout).toContain('redoma glass drill open earlier.json\n')
    expect(earlier.stderr).toBe('')
    const started = await redoma.run(['glass', 'drill', 'start', '--out', at('drill.json')])
    expect(started).toMatchObject({ code: 0 })
    expect(started.stderr).toContain('Codes are of this drill from now on.')

    const byCode = await away.run(['glass', 'drill', 'open', at('drill.json'), '--card-file', at('card-1')])
    const code = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(byCode.stdout)?.[0] ?? ''
    expect(byCode.stdout).toContain('You have card 1')
    const toFile = ['--card-file', '-', '--out', at('answer.json')]
    const byFile = await away.run(
      ['glass', 'drill', 'open', at('drill.json'), ...toFile],
      readFileSync(at('card-2'), 'utf8'),
    )
    expect(byFile.code, byFile.stderr).toBe(0)

    const refused = await redoma.run(['glass', 'drill', 'answer', '--share', '2', code])
    expect(refused).toMatchObject({ code: 5 })
    expect(refused.stdout).toContain('Share 2: that is not the answer.')
    expect(refused.stdout).not.toContain('proven')
    expect(await redoma.run(['glass', 'drill', 'answer', '--share', '1', code])).toMatchObject({ code: 0 })
    const answered = await redoma.run(['glass', 'drill', 'answer', at('answer.json')])
    expect(answered.stdout).toContain('2 of 2 shares proven')
    const { stdout } = await redoma.run(['glass', 'show', '--json'])
    expect(JSON.parse(stdout)).toMatchObject([
      { generation: 1, readiness: { proven: 2, quorum: 'thin', drill: 'in-time' } },
    ])
  })

  test('of the whole key is opened by the cards together', { timeout: patience }, async () => {
    const cards = `${readFileSync(at('card-2'), 'utf8')}${readFileSync(at('card-1'), 'utf8')}`
    const identity = ['--identity', at('out', 'identity.quorum.age'), '--shares-file', '-']
    const opened = await away.run(
      ['glass', 'drill', 'open', at('drill.json'), '--whole', ...identity, '--json'],
      cards,
    )
    expect(opened.code, opened.stderr).toBe(0)
    const { answers } = JSON.parse(opened.stdout) as { answers: [{ code: string }] }

    const taken = await redoma.run(['glass', 'drill', 'answer', '--whole', answers[0].code, '--json'])
    expect(JSON.parse(taken.stdout)).toEqual([{ subject: 'whole', outcome: 'proven' }])
  })

  test('is answered at a terminal, where nothing of the words stays', { timeout: patience }, async () => {
    await using terminal = atTerminal(at('nowhere'), ['glass', 'drill', 'open', at('drill.json')])
    await terminal.sees(/word 1> /)
    const words = readFileSync(at('card-1'), 'utf8').trim()
    terminal.types(words)

    const { code, printed } = await terminal.ended
    expect(code).toBe(0)
    // eslint-disable-next-line no-control-regex -- what switches to the other screen and back
    const stayed = printed.replaceAll(/\u001b\[\?1049h[^]*?\u001b\[\?1049l/g, '')
    expect(stayed).toContain('You have card 1')
    expect(stayed).not.toContain(words.split(' ')[7])
  })

  test('that nobody has held in time is remarked on by every backup', { timeout: patience }, async () => {
    await redoma.run(['destination', 'add', 'disk', '--local', at('disk')])
    await redoma.run(['credential', 'add', 'Router', '--secret-file', '-'], 'hunter2\n')
    const { stderr } = await redoma.run(['backup', 'create', '--only', 'secrets'])
    expect(stderr).toContain('The quorum is thin')
    const log = readFileSync(at('home', 'log', 'backup.log'), 'utf8')
    expect(log).toMatch(/warn +readiness doubtful.*The quorum is thin/)
    const heads = JSON.parse((await redoma.run(['glass', 'head', '--json'])).stdout) as [{ short: string }]
    expect(log).toMatch(new RegExp(`ledger head.*${heads[0].short}`))
    expect(await redoma.run(['glass', 'drill', 'policy', '30'])).toMatchObject({ code: 0 })
    expect((await redoma.run(['glass', 'drill', 'policy'])).stdout).toContain('30 days')
  })

  test('asks each by the share that is theirs, which goes to another only when that is said', {
    timeout: patience,
  }, async () => {
    const give = ['glass', 'guardian', 'edit', 'Ana', '--share', '2']

    const refused = await redoma.run(give)
    expect(refused.code).not.toBe(0)
    const before = await redoma.run(['glass', 'guardian', 'list', '--json'])

    const given = await redoma.run([...give, '--yes'])
    expect(given.code, given.stderr).toBe(0)
    expect(given.stderr).toContain('enough shares to open everything alone')
    expect((await redoma.run(['glass', 'guardian', 'list', '--json'])).stdout).not.toBe(before.stdout)
  })
})
