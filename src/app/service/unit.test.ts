import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { programMissing } from '../../../test/support/programs.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { plans, unitNamed, unitNames } from '../../../test/support/units.ts'
import type { ServicePlan } from './plan.ts'
import { isOurs } from './stamp.ts'
import { serviceUnit } from './unit.ts'

const run = promisify(execFile)

describe.each(unitNames)('the unit %s', (name) => {
  test('is what was read and committed', async () => {
    const committed = new URL(`../../../test/vectors/service/${name}.service`, import.meta.url)

    expect(unitNamed(name)).toBe(await readFile(committed, 'utf8'))
  })

  test.each([
    ['ProtectKernelModules', 'the modules of the kernel'],
    ['InaccessiblePaths', 'what it names'],
    ['TemporaryFileSystem', 'what lies under it'],
    ['ProtectHome=(yes|tmpfs)', 'the homes'],
    ['ProtectProc', 'processes that would be taken for dead'],
    ['RootDirectory', 'everything else'],
  ])('has no %s, which would hide %s from the backup', (directive) => {
    expect(unitNamed(name)).not.toMatch(new RegExp(`^${directive}`, 'm'))
  })
})

describe.skipIf(programMissing('systemd-analyze'))('systemd', () => {
  test.each(unitNames)('understands every line of the unit %s', async (name) => {
    await using world = await aProgram('redoma')

    const { stderr } = await verify(world.path, unitNamed(name, { program: world.program }))

    expect(stderr).toBe('')
  })

  test('says of a line that it does not know', async () => {
    await using world = await aProgram('redoma')
    const unit = unitNamed('least', { program: world.program }).replace('PrivateTmp=', 'PrivateTemp=')

    expect((await verify(world.path, unit)).stderr).toContain('PrivateTemp')
  })

  // 0 is nothing left to do, 10 a service without any of it; Debian's own have 9.2 to 9.6 (ssh, cron).
  test.each([
    ['least', 2.5],
    ['most', 3.7],
    ['user', 2.2],
  ] as const)('counts the exposure of the unit %s as %f at most', async (name, most) => {
    await using world = await aProgram('redoma')
    const path = join(world.path, 'redoma.service')
    await writeFile(path, unitNamed(name, { program: world.program }))

    const words = ['security', '--offline=true', '--no-pager', `--threshold=${most * 10}`, path]
    const { stdout } = await run('systemd-analyze', words)

    expect(Number(/exposure level for redoma.service: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThanOrEqual(most)
  })

  test.each(['with blanks', 'with 50 % and $HOME', 'grün'])(
    'finds the program in a folder %s',
    async (folder) => {
      await using world = await aProgram(folder)

      const { stderr } = await verify(world.path, unitNamed('least', { program: world.program }))

      expect(stderr).toBe('')
    },
  )
})

test('a path that would begin a line of its own is refused', () => {
  const home = '/srv/a\nExecStartPre=/bin/evil'

  expect(() => serviceUnit({ ...plans.least, home })).toThrow(
    expect.objectContaining({ code: 'PATH_UNSAFE' }),
  )
})

test.each(['"', "'", '\\'])('a program with %s in its path is refused, as systemd would', (character) => {
  const program = `/opt/${character}/bin/redoma`

  expect(() => unitNamed('least', { program })).toThrow(expect.objectContaining({ code: 'PATH_UNSAFE' }))
})

test('a unit is known as ours as long as nobody has changed a byte of it', () => {
  const unit = unitNamed('most')

  expect(isOurs(unit)).toBe(true)
  for (const changed of [unit.replace('=yes', '=no'), `${unit}\n`, unit.slice(1), unit.slice(0, -1), ''])
    expect(isOurs(changed)).toBe(false)
})

test.each<[string, Partial<ServicePlan>, string[]]>([
  ['its usual folder', {}, []],
  ['another folder', { home: '/srv/r', logFolder: '/srv/r/log' }, ['REDOMA_HOME=/srv/r']],
  ['its usual folder by name', { logFolder: '/var/lib/redoma/log' }, ['REDOMA_HOME=/var/lib/redoma']],
  ['another name', { hostName: 'pam-1' }, ['REDOMA_HOST=pam-1']],
])('a service of root with %s is told no more than it needs', (_, changes, told) => {
  const lines = unitNamed('least', changes).split('\n')

  const environment = lines.flatMap((line) => /^Environment=(REDOMA.*)/.exec(line)?.[1] ?? [])
  expect(environment).toEqual(told)
})

test('a service whose catalogue is a PostgreSQL is told the file with its address, and waits for no other', () => {
  const lines = unitNamed('least', { databaseUrlFile: '/etc/redoma/database-url' }).split('\n')

  expect(lines).toContain('Environment=DATABASE_URL_FILE=/etc/redoma/database-url')
  expect(lines).toContain('ConditionPathExists=/var/lib/redoma/catalogue.postgresql')
})

async function aProgram(folderName: string) {
  const folder = await temporaryFolder()
  const program = join(folder.path, folderName, 'bin/redoma')
  await mkdir(join(folder.path, folderName, 'bin'), { recursive: true })
  await writeFile(program, '#!/bin/sh\n')
  await chmod(program, 0o755)
  return { path: folder.path, program, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

async function verify(folder: string, unit: string): Promise<{ readonly stderr: string }> {
  const path = join(folder, 'redoma.service')
  await writeFile(path, unit)
  return run('systemd-analyze', ['verify', '--man=no', path]).catch(
    (error: unknown) => error as { stderr: string },
  )
}
