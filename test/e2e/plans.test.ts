import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { redomaAt } from '../support/redoma.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'

describe('plans', () => {
  test('begin with one of everything, each day at 05:00 of the machine, which init tells of', async () => {
    await using folder = await temporaryFolder()
    const redoma = redomaAt(join(folder.path, 'home'), undefined, '', { TZ: 'America/New_York' })

    const made = await redoma.run(['init'])
    const listed = await redoma.run(['plan', 'list', '--json'])

    expect(made.stdout).toContain('each day at 05:00 (America/New_York)')
    expect(JSON.parse(listed.stdout)).toMatchObject([
      {
        name: 'daily',
        enabled: true,
        jobs: ['secrets', 'system', 'recordings'],
        sources: [],
        destinations: [],
        schedule: { cron: '0 5 * * *', timeZone: 'America/New_York' },
        nextDue: expect.stringMatching(/T(09|10):00:00.000Z$/) as string,
      },
    ])
  })

  test('are added, shown, changed, switched and removed', async () => {
    await using folder = await temporaryFolder()
    const { redoma } = await aWorld(folder)
    const added = await redoma.run(
      ['plan', 'add', 'often', '--jobs', 'system', '--source', 'etc', '--to', 'nas'].concat(
        ['--cron', '*/30 * * * mon-fri', '--time-zone', 'Europe/Lisbon', '--jitter', '10m'],
        ['--window', '22:00-06:00', '12:00-13:00', '--after-changes', '5m', '--not-more-often-than', '1h'],
        ['--hook-before', '/bin/sh -c "exit 0"', '--hook-limit', '30s'],
      ),
    )
    const shown = await redoma.run(['plan', 'show', 'often'])
    const edited = await redoma.run([
      'plan',
      'edit',
      'often',
      '--cron',
      'none',
      '--window',
      'any',
      '--source',
      'all',
    ])
    const after = await redoma.run(['plan', 'show', 'often', '--json'])

    expect(added).toMatchObject({ code: 0 })
    for (const words of [
      '*/30 * * * mon-fri Europe/Lisbon, up to 10m later, 5m after changes',
      'from 22:00 to 06:00, 12:00 to 13:00, not more often than every 1h',
      '/bin/sh -c "exit 0" (30s at most)',
    ])
      expect(shown.stdout).toContain(words)
    // A jitter needs times.
    expect(edited).toMatchObject({ code: 2, stderr: expect.stringContaining('jitter') as string })
    expect(JSON.parse(after.stdout)).toMatchObject({ sources: ['etc'], schedule: { jitterSeconds: 600 } })

    await redoma.run(['plan', 'disable', 'often'])
    expect((await redoma.run(['plan', 'list'])).stdout).toMatch(/often.*switched off/)
    expect((await redoma.run(['plan', 'enable', 'often'])).stdout).toContain('is on; next:')
    expect(await redoma.run(['plan', 'remove', 'often', '--yes'])).toMatchObject({ code: 0 })
    expect(await redoma.run(['plan', 'show', 'daly'])).toMatchObject({
      stderr: expect.stringContaining('Did you mean daily?') as string,
    })
  })

  test('are refused with words that make no sense, and none of it is kept', async () => {
    await using folder = await temporaryFolder()
    const { redoma } = await aWorld(folder)
    const refused: readonly (readonly [string[], string])[] = [
      [['--cron', '0 5 * *'], 'it has 4 fields'],
      [['--cron', '0 5 31 2 *'], 'never comes'],
      [['--cron', '0 5 * * *', '--time-zone', 'Lisbon'], 'is not a time zone'],
      [['--cron', '0 5 * * *', '--window', '22-6'], 'is not a window'],
      [['--cron', '0 5 * * *', '--source', 'etcetera'], 'there is no source'],
      [['--cron', '0 5 * * *', '--to', 'nowhere'], 'there is no destination'],
      [['--cron', '0 5 * * *', '--hook-before', 'quiesce'], 'absolute path'],
      [['--cron', '0 5 * * *', '--hook-limit', '5m'], '--hook-limit goes with'],
      [[], 'when?'],
    ]

    for (const [words, message] of refused) {
      const { code, stderr } = await redoma.run(['plan', 'add', 'x', ...words])
      expect(code).not.toBe(0)
      expect(stderr).toContain(message)
    }
    expect((await redoma.run(['plan', 'list'])).stdout).not.toMatch(/^x /m)
  })

  test('keep what they name from being removed', async () => {
    await using folder = await temporaryFolder()
    const { redoma } = await aWorld(folder)
    await redoma.run(['plan', 'add', 'x', '--cron', 'none', '--source', 'etc', '--to', 'nas'])

    for (const what of [
      ['source', 'remove', 'etc'],
      ['destination', 'remove', 'nas'],
    ])
      expect(await redoma.run([...what, '--yes'])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('redoma plan edit x') as string,
      })
  })

  test('go from instance to instance by the configuration, and a file that does not name them leaves them alone', async () => {
    await using folder = await temporaryFolder()
    const { redoma } = await aWorld(folder)
    await redoma.run(
      [
        'plan',
        'add',
        'x',
        '--jobs',
        'system',
        '--cron',
        '1 2 * * *',
        '--source',
        'etc',
        '--to',
        'nas',
      ].concat(['--hook-after', '/bin/true', '--window', '01:00-04:00']),
    )
    const exported = (await redoma.run(['config', 'export'])).stdout
    const other = redomaAt(join(folder.path, 'other'))
    await other.run(['init'])

    const applied = await other.run(['config', 'apply', '-', '--yes'], exported)

    expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining('+ plan x') as string })
    expect((await other.run(['config', 'export'])).stdout).toBe(exported)
    expect((await other.run(['config', 'apply', '-'], exported)).stdout).toContain('Nothing is to be changed')

    const silent = exported.slice(0, exported.indexOf('plans:'))
    expect((await other.run(['config', 'apply', '-'], silent)).stdout).toContain('Nothing is to be changed')
    const without = `${silent}plans: []\n`
    expect(await other.run(['config', 'apply', '-', '--yes'], without)).toMatchObject({ code: 0 })
    expect((await other.run(['plan', 'list', '--json'])).stdout.trim()).toBe('[]')
    const wrong = exported.replace('1 2 * * *', '1 2 * *')
    expect(await other.run(['config', 'apply', '-', '--yes'], wrong)).toMatchObject({ code: 2 })
    expect((await other.run(['plan', 'list', '--json'])).stdout.trim()).toBe('[]')
  })
})

describe('a run of a plan by hand', () => {
  test('copies its sources to its destinations, and is told as its', async () => {
    await using folder = await temporaryFolder()
    const { redoma } = await aWorld(folder)
    await redoma.run(['destination', 'add', 'vault', '--local', join(folder.path, 'vault')])
    await redoma.run([
      'plan',
      'add',
      'x',
      '--jobs',
      'system',
      '--cron',
      'none',
      '--source',
      'etc',
      '--to',
      'nas',
    ])

    const run = await redoma.run(['backup', 'create', '--plan', 'x', '--json'])

    expect(partsOf(run.stdout)).toEqual(['system etc nas done'])
    expect((await redoma.run(['backup', 'list'])).stdout).toMatch(/x\s+✓ done/)
    expect((await redoma.run(['backup', 'show'])).stdout).toContain('run 1 of the plan x')
    expect((await redoma.run(['plan', 'list'])).stdout).toMatch(/x .*✓ done/)
    const both = await redoma.run(['backup', 'create', '--plan', 'x', '--to', 'nas'])
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--plan') as string })
  })

  test('is limited to sources without a plan, too', async () => {
    await using folder = await temporaryFolder()
    const { redoma } = await aWorld(folder)

    const run = await redoma.run([
      'backup',
      'create',
      '--only',
      'system',
      '--source',
      'etc',
      'instance',
      '--json',
    ])

    expect(partsOf(run.stdout)).toEqual(['system etc nas done', 'system instance nas done'])
    expect(await redoma.run(['backup', 'create', '--source', 'gone'])).toMatchObject({ code: 1 })
  })

  test('runs its hooks around the jobs, with what they are told and nothing else', async () => {
    await using folder = await temporaryFolder()
    const { redoma, hook, said } = await aWorld(folder)
    await redoma.run(planOf(hook('before'), hook('after')))

    const run = await redoma.run(['backup', 'create', '--plan', 'x', '--json'])

    expect(run).toMatchObject({ code: 0 })
    const [before, after, ...more] = await said()
    expect(more).toEqual([])
    expect(before).toBe('before REDOMA_PHASE=before REDOMA_PLAN=x REDOMA_RUN=1')
    expect(after).toBe('after REDOMA_PHASE=after REDOMA_PLAN=x REDOMA_RUN=1 REDOMA_STATE=done')
  })

  test('fails where the hook before does, copies nothing, and runs the hook after', async () => {
    await using folder = await temporaryFolder()
    const { redoma, hook, said } = await aWorld(folder)
    await redoma.run(planOf(hook('before', 'echo no database; exit 3'), hook('after')))

    const run = await redoma.run(['backup', 'create', '--plan', 'x'])

    expect(run).toMatchObject({ code: 1 })
    expect(run.stdout).toContain('exit code 3; it printed: no database')
    expect(await said()).toEqual([expect.stringContaining('before'), expect.stringContaining('STATE=failed')])
    expect((await redoma.run(['backup', 'snapshots', '--at', 'nas'])).stdout).not.toContain('etc')
  })

  test('is cancelled by who stops it, which the hook after is told, and is no incident', async () => {
    await using folder = await temporaryFolder()
    const { redoma, hook, said } = await aWorld(folder)
    await redoma.run(planOf(hook('before', 'exec sleep 600'), hook('after')))

    const { child, ended } = redoma.start(['backup', 'create', '--plan', 'x'])
    await vi.waitFor(said, { timeout: 60_000 })
    child.kill('SIGINT')

    expect(await ended).toMatchObject({ code: 130, stdout: '' })
    expect((await said())[1]).toContain('REDOMA_STATE=cancelled')
    const shown = await redoma.run(['backup', 'show', '--json'])
    const by = userInfo().username
    expect(JSON.parse(shown.stdout)).toMatchObject({ run: 1, state: 'cancelled', cancelledBy: by, parts: [] })
    expect((await redoma.run(['backup', 'list'])).stdout).toContain(`cancelled by ${by}`)
    expect((await redoma.run(['audit', 'list'])).stdout).toContain('backup.cancel')
    expect((await redoma.run(['incident', 'list'])).stdout).not.toContain('backup-failed')
  })

  test('is done with a warning where the hook after fails or takes too long', async () => {
    await using folder = await temporaryFolder()
    const { redoma, hook } = await aWorld(folder)
    await redoma.run([...planOf('/bin/true', hook('after', 'sleep 600')), '--hook-limit', '1s'])

    const run = await redoma.run(['backup', 'create', '--plan', 'x'])

    expect(run).toMatchObject({ code: 3 })
    expect(run.stdout).toContain('the hook after (/bin/sh): it did not end in 1 seconds')
    const shown = JSON.parse((await redoma.run(['backup', 'show', '--json'])).stdout) as { remarks: string[] }
    expect(shown.remarks).toEqual([expect.stringContaining('the hook after')])
    const log = await redoma.run(['backup', 'log', '--json'])
    expect(log.stdout).toContain('hook failed')
  })
})

const planOf = (before: string, after: string): string[] =>
  ['plan', 'add', 'x', '--jobs', 'system', '--source', 'etc', '--cron', 'none'].concat([
    '--hook-before',
    before,
    '--hook-after',
    after,
  ])

/** An instance with the source `etc` and the destination `nas`, and hooks that write down what they are told. */
async function aWorld(folder: TemporaryFolder) {
  const at = (...names: string[]): string => join(folder.path, ...names)
  await mkdir(at('etc'))
  await writeFile(at('etc', 'hosts'), 'x')
  const redoma = redomaAt(at('home'))
  await redoma.run(['init'])
  await redoma.run(['source', 'add', 'etc', '--files', at('etc')])
  await redoma.run(['destination', 'add', 'nas', '--local', at('nas')])
  const hook = (name: string, more = 'exit 0'): string =>
    `/bin/sh -c 'echo ${name} $(env | grep REDOMA | sort) >> ${at('said')}; ${more}'`
  const said = async (): Promise<string[]> => (await readFile(at('said'), 'utf8')).trim().split('\n')
  return { redoma, hook, said }
}

function partsOf(json: string): string[] {
  const { parts } = JSON.parse(json) as {
    parts: { job: string; source: string; destination: string; outcome: { kind: string } }[]
  }
  return parts.map((part) => `${part.job} ${part.source} ${part.destination} ${part.outcome.kind}`)
}
