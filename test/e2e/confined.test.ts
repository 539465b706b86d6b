import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programMissing } from '../support/programs.ts'
import { type Redoma, redomaAt, redomaProgram } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { unitNamed } from '../support/units.ts'

const run = promisify(execFile)
const isMissing =
  process.getuid?.() !== 0 || ['unshare', 'setpriv', 'mount.cifs'].some((name) => programMissing(name))

/** Steps of one story, in order. Where systemd does not run, its most telling walls are put up by other programs, as the unit says. */
describe.skipIf(isMissing)('within what the unit allows', () => {
  const someone = 4242
  let folder: AsyncDisposable & { readonly path: string }
  let redoma: Redoma
  let unit: string
  const at = (...names: string[]): string => join(folder.path, ...names)

  beforeAll(async () => {
    folder = await temporaryFolder()
    redoma = redomaAt(at('home'))
    for (const name of ['data', 'data/run', 'data/credentials', 'tickets', 'copies']) await mkdir(at(name))
    await writeFile(at('data/run/mounted'), 'a destination')
    await writeFile(at('data/credentials/other'), 'a credential')
    await writeFile(at('data/private'), 'what must come back', { mode: 0o600 })
    const database = new DatabaseSync(at('tickets/tickets.sqlite'))
    database.exec(
      'pragma journal_mode = wal; create table ticket (id integer); insert into ticket values (42)',
    )
    database.close()
    await chmod(at('tickets/tickets.sqlite'), 0o600)
    for (const name of ['data/private', 'data', 'tickets', 'tickets/tickets.sqlite', 'copies'])
      await chown(at(name), someone, someone)
    for (const words of [
      ['init'],
      ['source', 'add', 'data', '--files', at('data')],
      ['source', 'add', 'tickets', '--sqlite', at('tickets/tickets.sqlite')],
      ['destination', 'add', 'nas', '--local', at('copies')],
      ['install', '--prefix', at('system')],
    ])
      expect(await redoma.run(words)).toMatchObject({ code: 0 })
    unit = await readFile(at('system/etc/systemd/system/redoma.service'), 'utf8')
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('a backup reads what is others’ and writes where it must, with all else read-only', async () => {
    const { stdout } = await confined(['backup', 'create', '--only', 'system', '--json'])

    expect(JSON.parse(stdout)).toMatchObject({ state: 'done' })
    const made = await redoma.run(['restore', 'latest', '--source', 'data', '--to', at('back')])
    expect(made).toMatchObject({ code: 0 })
    expect(await readFile(at('back', at('data/private')), 'utf8')).toBe('what must come back')
    const dump = await redoma.run([
      ...['restore', 'latest', '--source', 'tickets', '--into', at('restored.sqlite')],
    ])
    expect(dump).toMatchObject({ code: 0 })
  })

  test('with less than the unit allows it fails', async () => {
    const less = unit.replace(/^CapabilityBoundingSet=.*$/m, 'CapabilityBoundingSet=')

    await expect(confined(['backup', 'create', '--only', 'system'], less)).rejects.toThrow('failed within')
  })

  test('neither what is mounted for the service nor its credentials come into the snapshot', async () => {
    const { stdout } = await redoma.run(['backup', 'ls', 'latest:/', '--source', 'data', '--recursive'])

    expect(stdout).toContain('private')
    expect(stdout).not.toMatch(/mounted|other/)
  })

  test('the application that a database belongs to can go on with it', async () => {
    const words = ['--reuid', String(someone), '--regid', String(someone), '--clear-groups']
    await chmod(folder.path, 0o755)
    const use = `import sqlite3; print(sqlite3.connect('${at('tickets/tickets.sqlite')}').execute('insert into ticket values (43) returning id').fetchall())`

    const { stdout } = await run('setpriv', [...words, '/usr/bin/python3', '-c', use])

    expect(stdout).toContain('43')
  })

  test('mount.cifs comes as far as asking the kernel', async () => {
    const words = ['//127.0.0.1/none', at('copies'), '-o', 'user=a,password=b,port=1']
    const mounting = (text: string) =>
      run('setpriv', [...rights(text), '/usr/sbin/mount.cifs', ...words]).then(
        () => 'mounted',
        (error: unknown) => String(error),
      )

    expect(await mounting(unitNamed('most'))).toMatch(/mount error/)
    // It drops rights that it must have for that, and ends where it has not.
    expect(await mounting(unitNamed('most').replaceAll('CAP_DAC_OVERRIDE', ''))).toMatch(/capability/)
  })

  test('a restore below the restore root gives each file to its owner, and one to elsewhere is not possible', async () => {
    await mkdir(at('root'), { mode: 0o700 })
    for (const words of [
      ['config', 'restore-root', at('root')],
      ['install', '--prefix', at('wider')],
    ])
      expect(await redoma.run(words)).toMatchObject({ code: 0 })
    const wider = await readFile(at('wider/etc/systemd/system/redoma.service'), 'utf8')
    const restore = ['restore', 'latest', '--source', 'data', '--to']

    await confined([...restore, at('root/case-7')], wider)

    const { uid, mode } = await stat(at('root/case-7', at('data/private')))
    expect([uid, mode & 0o7777]).toEqual([someone, 0o600])
    await expect(confined([...restore, at('elsewhere')], wider)).rejects.toThrow('failed within')
  })

  function confined(words: readonly string[], rightsOf = unit) {
    const writable = [...rightsOf.matchAll(/^ReadWritePaths=-(.*)$/gm)].map(([, path = '']) => path)
    const walls = [
      ...writable.map((path) => `mount --bind '${path}' '${path}'`),
      // The root of this machine, and with it all that is not a file system of its own.
      'mount -o remount,bind,ro /',
      'if touch /usr/redoma-test 2>/dev/null; then rm /usr/redoma-test; exit 99; fi',
      'exec "$@"',
    ].join('\n')
    const env = {
      ...{ PATH: process.env['PATH'] ?? '', REDOMA_HOME: at('home'), TZ: 'UTC' },
      ...{ RUNTIME_DIRECTORY: at('data/run'), CREDENTIALS_DIRECTORY: at('data/credentials') },
    }
    const program = ['setpriv', ...rights(rightsOf), redomaProgram, ...words]
    return run('unshare', ['--mount', 'sh', '-euc', walls, 'sh', ...program], { env }).catch(
      (error: unknown) => {
        throw new Error(`it failed within the walls: ${JSON.stringify(error)}`, { cause: error })
      },
    )
  }
})

/** The unit's own words, for setpriv. */
function rights(unit: string): string[] {
  const [, names = ''] = /^CapabilityBoundingSet=(.*)$/m.exec(unit) ?? []
  const wanted = names.split(' ').flatMap((name) => (name === '' ? [] : `+${name.slice(4).toLowerCase()}`))
  return ['--no-new-privs', `--bounding-set=${['-all', ...wanted].join(',')}`, '--inh-caps=-all']
}
