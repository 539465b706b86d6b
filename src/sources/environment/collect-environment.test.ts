import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { collectEnvironment } from './collect-environment.ts'
import { parseMounts, parseOsRelease, parsePackages, parseServices } from './parsing.ts'

describe('the facts of the environment', () => {
  test('are told by this machine, or it is told why not', async () => {
    const facts = await collectEnvironment()

    expect(facts.hostName).toEqual({ kind: 'known', value: hostname() })
    const { schema, ...rest } = facts
    expect(schema).toBe('redoma-environment/1')
    for (const fact of Object.values(rest)) if (fact.kind === 'unknown') expect(fact.reason).not.toBe('')
  })

  test('are read from os-release with its quotes', () => {
    const text = 'NAME="Debian \\"stable\\""\nID=debian\n# comment\nBROKEN\nEMPTY=\n'

    expect(parseOsRelease(text)).toEqual({ NAME: 'Debian "stable"', ID: 'debian', EMPTY: '' })
  })

  test('hold the installed packages, and not those that were removed', () => {
    const text = 'ii \tzlib1g:amd64\t1:1.2.13\nrc \told\t1\nii \tbash\t5.2\n'

    expect(parsePackages(text)).toEqual([
      { name: 'bash', version: '5.2' },
      { name: 'zlib1g:amd64', version: '1:1.2.13' },
    ])
  })

  test('hold the mounts, with their escaped names', () => {
    const text =
      '36 35 98:0 / /mnt/two\\040words rw,noatime shared:1 - ext4 /dev/sda1 rw\nnonsense\n1 2 0:3 / / rw - tmpfs none rw\n'

    expect(parseMounts(text)).toEqual([
      { mountPoint: '/mnt/two words', fileSystem: 'ext4', device: '/dev/sda1', options: 'rw,noatime' },
      { mountPoint: '/', fileSystem: 'tmpfs', device: 'none', options: 'rw' },
    ])
  })

  test('hold the services by name', () => {
    expect(parseServices('ssh.service enabled enabled\ncron.service  enabled\n\n')).toEqual([
      'cron.service',
      'ssh.service',
    ])
  })
})
