import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { handTurnedClock } from '../../test/support/clock.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { Secret } from '../core/secret.ts'
import { openLog } from './log.ts'
import { openRotatingFile } from './rotating-file.ts'

const clock = handTurnedClock(new Date('2026-03-01T05:00:00Z'))

describe('the log', () => {
  test('says each event as one plain line, and as JSON', async () => {
    await using folder = await temporaryFolder()
    using log = openLog({ folder: folder.path, clock, warn: fail })

    log.warn('part warning', { run: 3, why: 'disk\nfull\u001b[2J', secret: new Secret('x') })

    expect(readFileSync(join(folder.path, 'backup.log'), 'utf8')).toBe(
      '2026-03-01T05:00:00.000Z warn  part warning run=3 why="disk\\nfull\\u001b[2J" secret=[secret]\n',
    )
    expect(JSON.parse(readFileSync(join(folder.path, 'backup.jsonl'), 'utf8'))).toEqual({
      level: 'warn',
      time: '2026-03-01T05:00:00.000Z',
      run: 3,
      why: 'disk\nfull\u001b[2J',
      secret: '[secret]',
      event: 'part warning',
    })
    expect(statSync(join(folder.path, 'backup.log')).mode & 0o777).toBe(0o600)
  })

  test('says once that it cannot be written, and lets the work go on', async () => {
    await using folder = await temporaryFolder()
    writeFileSync(join(folder.path, 'log'), 'a file where the folder should be')
    const warnings: string[] = []
    using log = openLog({ folder: join(folder.path, 'log'), clock, warn: (text) => warnings.push(text) })

    log.info('one')
    log.info('two')

    expect(warnings).toHaveLength(1)
  })
})

describe('a rotating file', () => {
  const policy = { limitBytes: 20, keep: 2, mode: 0o600 }

  test('is put aside when it is long, and the oldest ones go', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'a.log')
    const file = openRotatingFile(path, policy)

    for (const line of ['first', 'second', 'third', 'fourth']) file.write(`${line.padEnd(25)}\n`)
    file.close()

    expect(readdirSync(folder.path).toSorted()).toEqual(['a.log', 'a.log.1', 'a.log.2'])
    expect(readFileSync(path, 'utf8').trim()).toBe('fourth')
    expect(readFileSync(`${path}.2`, 'utf8').trim()).toBe('second')
  })

  test.each<[string, (path: string) => Promise<void>]>([
    ['renamed', (path) => rename(path, `${path}-20260301`)],
    ['removed', (path) => rm(path)],
    ['renamed, and made again', (path) => rename(path, `${path}.0`).then(() => writeFile(path, ''))],
    ['copied and cut short', (path) => truncate(path)],
  ])('goes on in the file of its name when logrotate has %s it, without a signal', async (_, rotate) => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'a.log')
    const file = openRotatingFile(path, { ...policy, limitBytes: 1000 })
    file.write('before\n')

    await rotate(path)
    file.write('after\n')
    file.close()

    // With no hole where the bytes were that are gone.
    expect(readFileSync(path, 'utf8')).toBe('after\n')
  })

  test('refuses a symbolic link in its place', async () => {
    await using folder = await temporaryFolder()
    await symlink('/etc/passwd', join(folder.path, 'a.log'))

    expect(() => openRotatingFile(join(folder.path, 'a.log'), policy)).toThrow('ELOOP')
  })
})

function fail(message: string): void {
  throw new Error(message)
}
