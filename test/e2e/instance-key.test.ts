import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('an instance whose key systemd keeps makes bundles that have the key, and says without it where it is', async () => {
  await using folder = await temporaryFolder()
  const at = (...names: string[]): string => join(folder.path, ...names)
  const alone = redomaAt(at('home'))
  const service = redomaAt(at('home'), undefined, '', { CREDENTIALS_DIRECTORY: at('credentials') })
  await writeFile(at('password'), 'seldom-Quartz 71 anvil_harbour\n', { mode: 0o600 })
  const credentials = [{ id: 'r1', title: 'switch', kind: 'password', user: 'root', secret: 'hunter2' }]
  await writeFile(at('vault.json'), JSON.stringify({ schema: 'redoma-credentials/1', credentials }))
  for (const words of [
    ['init'],
    ['credential', 'import', at('vault.json')],
    ['destination', 'add', 'nas', '--local', at('nas')],
    ['glass', 'ceremony', '--password-file', at('password'), '--out', at('ceremony')],
  ])
    expect(await alone.run(words)).toMatchObject({ code: 0 })
  const key = await readFile(at('home/instance.key'))
  await mkdir(at('credentials'), { mode: 0o700 })
  await rename(at('home/instance.key'), at('credentials/redoma-instance-key'))
  await chmod(at('credentials/redoma-instance-key'), 0o400)

  const refused = await alone.run(['backup', 'create', '--only', 'secrets'])
  const made = await service.run(['backup', 'create', '--only', 'secrets'])

  expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('systemd-run') as string })
  expect(made).toMatchObject({ code: expect.toBeOneOf([0, 3]) as number })
  const bundle = (await readdir(at('nas/secrets'))).find(
    (name) => name.endsWith('.age') && !name.startsWith('identity'),
  )
  const opened = await alone.run([
    ...['glass', 'open', at('nas/secrets', bundle ?? 'none')],
    ...['--password-file', at('password'), '--to', at('out')],
  ])
  expect(opened).toMatchObject({ code: 0 })
  expect(await readFile(at('out/system/instance.key'), 'utf8')).toBe(`${key.toString('hex')}\n`)
})
