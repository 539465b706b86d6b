import { hostname } from 'node:os'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readSettings } from './settings.ts'

const root = { name: 'root', isRoot: true, homeFolder: '/root' }
const alma = { name: 'alma', isRoot: false, homeFolder: '/home/alma' }

describe('readSettings', () => {
  test.each([
    ['root', {}, root, '/var/lib/redoma', '/var/log/redoma'],
    ['a user', {}, alma, '/home/alma/.local/share/redoma', '/home/alma/.local/share/redoma/log'],
    ['XDG', { XDG_DATA_HOME: '/data' }, alma, '/data/redoma', '/data/redoma/log'],
    [
      'a relative XDG path',
      { XDG_DATA_HOME: 'data' },
      alma,
      '/home/alma/.local/share/redoma',
      '/home/alma/.local/share/redoma/log',
    ],
    ['REDOMA_HOME', { REDOMA_HOME: '/srv/r' }, root, '/srv/r', '/srv/r/log'],
    ['an empty REDOMA_HOME', { REDOMA_HOME: '' }, root, '/var/lib/redoma', '/var/log/redoma'],
  ])('finds the folders of %s', (_, environment, user, home, logFolder) => {
    expect(readSettings(environment, user)).toMatchObject({ home, logFolder })
  })

  test('asks for the folder where the system knows no home folder of the user', () => {
    const unknown = { name: '54321', isRoot: false, homeFolder: undefined }

    expect(() => readSettings({}, unknown)).toThrow(/no user 54321/)
    expect(readSettings({ REDOMA_HOME: '/srv/r' }, unknown)).toMatchObject({ home: '/srv/r', actor: '54321' })
  })

  test('takes another name for the host in snapshots, and never in locks', () => {
    expect(readSettings({ REDOMA_HOST: 'pam-1' }, root)).toMatchObject({
      hostName: 'pam-1',
      machineName: hostname(),
    })
    expect(readSettings({ REDOMA_HOST: '' }, root)).toMatchObject({ hostName: hostname() })
  })

  test('names who used sudo in the audit trail, and believes nobody but root about it', () => {
    expect(readSettings({ SUDO_USER: 'alma' }, root).actor).toBe('alma')
    expect(readSettings({ SUDO_USER: 'root' }, alma).actor).toBe('alma')
  })

  test('takes what systemd says to a service, and nothing that is meant for another process', () => {
    const said = { WATCHDOG_USEC: '30000000', CREDENTIALS_DIRECTORY: '/run/credentials/redoma.service' }

    expect(readSettings({ ...said, WATCHDOG_PID: `${process.pid}` }, root).systemd).toMatchObject({
      watchdogMs: 30_000,
      credentials: '/run/credentials/redoma.service',
    })
    expect(readSettings({ ...said, WATCHDOG_PID: '1' }, root).systemd.watchdogMs).toBeUndefined()
    expect(readSettings({ RUNTIME_DIRECTORY: '/run/a:/run/b' }, root).systemd.runtimeFolder).toBeUndefined()
    expect(readSettings({ NOTIFY_SOCKET: '@x' }, root).systemd.notifyAddress).toEqual(Buffer.from('\0x'))
  })

  test.each([{ NOTIFY_SOCKET: 'vsock:2:1' }, { NOTIFY_SOCKET: '@' }, { WATCHDOG_USEC: 'soon' }])(
    'refuses %j, as systemd would wait in vain',
    (environment) => {
      expect(() => readSettings(environment, root)).toThrow(expect.objectContaining({ code: 'USAGE' }))
    },
  )

  test('says where the catalogue is, if it is no file, and shows no password', () => {
    const url = 'postgres://redoma:hunter2@db/redoma'

    expect(readSettings({}, root).database).toBeUndefined()
    expect(readSettings({ DATABASE_URL: '' }, root).database).toBeUndefined()
    expect(inspect(readSettings({ DATABASE_URL: url }, root).database)).not.toContain('hunter2')
    expect(readSettings({ DATABASE_URL_FILE: '/run/url' }, root).database).toEqual({ file: '/run/url' })
    expect(() => readSettings({ DATABASE_URL: url, DATABASE_URL_FILE: '/run/url' }, root)).toThrow('both')
  })
})
