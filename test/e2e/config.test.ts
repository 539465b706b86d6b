import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('the configuration as a file', () => {
  test('makes a second instance like the first; what is in its snapshots is listed and found', async () => {
    await using folder = await temporaryFolder()
    const at = (...names: string[]): string => join(folder.path, ...names)
    await mkdir(at('tree', 'deep'), { recursive: true })
    await writeFile(at('tree', 'deep', 'needle'), 'x')
    const first = redomaAt(at('first'))
    await first.run(['init'])
    await first.run(['source', 'add', 'tree', '--files', at('tree'), '--exclude', '*.tmp'])
    await first.run(['destination', 'add', 'nas', '--local', at('nas')])

    const exported = await first.run(['config', 'export'])
    const second = redomaAt(at('second'))
    await second.run(['init'])
    const applied = await second.run(['config', 'apply', '-'], exported.stdout)
    const again = await second.run(['config', 'apply', '-'], exported.stdout)

    expect(applied).toMatchObject({ code: 0 })
    expect(again.stdout).toContain('Nothing is to be changed')
    expect((await second.run(['config', 'export'])).stdout).toBe(exported.stdout)

    await second.run(['backup', 'create', '--only', 'system'])
    const listed = await second.run(['backup', 'ls', `latest:${at('tree', 'deep')}`])
    const found = await second.run(['backup', 'find', 'needle'])
    const missing = await second.run(['backup', 'find', 'haystack'])

    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('needle') as string })
    expect(found.stdout).toContain(at('tree', 'deep', 'needle'))
    expect(missing).toMatchObject({ code: 1 })
  })

  test('has scopes: shown before they change, exchanged as they are, and refused whole where two would share one', async () => {
    await using folder = await temporaryFolder()
    const redoma = redomaAt(join(folder.path, 'home'))
    await redoma.run(['init'])
    const credentials = [
      { id: '1', title: 'router', kind: 'password', secret: 'a', folder: 'net' },
      { id: '2', title: 'payroll', kind: 'password', secret: 'b', folder: 'hr', owner: 'Ana' },
    ]
    await writeFile(
      join(folder.path, 'vault.json'),
      JSON.stringify({ schema: 'redoma-credentials/1', credentials }),
    )
    await redoma.run(['credential', 'import', join(folder.path, 'vault.json')])
    const apply = (scopes: string, ...words: string[]) =>
      redoma.run(['config', 'apply', '-', ...words], `schema: redoma-config/1\nscopes:\n${scopes}`)
    const list = async () => (await redoma.run(['glass', 'scope', 'list', '--json'])).stdout
    const two = (one: string, other: string) =>
      `  - { name: network, folders: [${one}], exclusive: true }\n  - { name: staff, folders: [${other}], exclusive: true }\n`

    const dry = await apply(two('net', 'hr'), '--dry-run')
    expect(dry.stdout).toContain('+ scope network: folder "net", exclusive')
    expect(JSON.parse(await list())).toEqual([])
    expect(await apply(two('net', 'hr'))).toMatchObject({ code: 0 })
    expect((await apply(two('net', 'hr'))).stdout).toContain('Nothing is to be changed')
    const exported = (await redoma.run(['config', 'export'])).stdout
    expect((await redoma.run(['config', 'apply', '-'], exported)).stdout).toContain(
      'Nothing is to be changed',
    )

    expect(await apply(two('hr', 'net'))).toMatchObject({ code: 0 })
    const exchanged = await list()
    expect(JSON.parse(exchanged)).toMatchObject([
      { name: 'network', folders: ['hr'] },
      { name: 'staff', folders: ['net'] },
    ])
    const both = await apply(
      '  - { name: staff, folders: [net], owners: [Ana], exclusive: true }\n  - { name: network, folders: [hr], exclusive: true }\n',
    )
    expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining('exclusive scope') as string })
    expect(await list()).toBe(exchanged)
    const ahead = await apply('  - { name: network, folders: [vpn], ownKey: true }\n', '--yes')
    expect(ahead.stderr).toContain('no credential has the folder "vpn"')
    expect(ahead.stderr).toContain('redoma glass ceremony --scope network')
    expect(JSON.parse(await list())).toMatchObject([{ name: 'network', hasOwnKey: true }])
  })

  test('is refused whole when a source that it changes is not there', async () => {
    await using folder = await temporaryFolder()
    const at = (...names: string[]): string => join(folder.path, ...names)
    await mkdir(at('tree'))
    const redoma = redomaAt(at('home'))
    await redoma.run(['init'])
    await redoma.run(['source', 'add', 'tree', '--files', at('tree')])
    const before = (await redoma.run(['config', 'export'])).stdout
    const added = `destinations: [{ name: nas, kind: local, path: ${at('nas')} }]`
    const wanted = before.replace(at('tree'), at('gone')).replace('destinations: []', added)

    const { code, stderr } = await redoma.run(['config', 'apply', '-', '--yes'], wanted)

    expect(code).toBe(1)
    expect(stderr).toContain(at('gone'))
    expect((await redoma.run(['config', 'export'])).stdout).toBe(before)
  })
})
