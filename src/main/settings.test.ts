import { hostname } from 'node:os'
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
})
