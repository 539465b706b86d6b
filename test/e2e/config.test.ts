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
