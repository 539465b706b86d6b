import { chmod, chown, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Steps of one story, in order. The program under test lies where root alone writes, as it must. */
describe.runIf(process.getuid?.() === 0)('the unit of the service', () => {
  let folder: AsyncDisposable & { readonly path: string }
  let redoma: Redoma
  const at = (...names: string[]): string => join(folder.path, ...names)
  const unit = (): string => at('system/etc/systemd/system/redoma.service')
  const install = (...words: string[]) => redoma.run(['install', '--prefix', at('system'), ...words])

  beforeAll(async () => {
    folder = await temporaryFolder()
    redoma = redomaAt(at('home'))
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('is shown, and nothing is written, by --dry-run', async () => {
    const { code, stdout } = await install('--dry-run')

    expect(code).toBe(0)
    expect(stdout).toMatch(/^ExecStart=\/.*\/bin\/redoma serve$/m)
    await expect(stat(at('system'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('is written for an instance that is not there yet', async () => {
    const { code, stdout, stderr } = await install()

    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('no instance') as string,
    })
    expect(stdout).toContain('systemctl enable --now redoma')
    expect((await stat(unit())).mode & 0o777).toBe(0o644)
    expect(await readFile(unit(), 'utf8')).toContain('CapabilityBoundingSet=CAP_DAC_READ_SEARCH\n')
  })

  test('is left alone the second time', async () => {
    const before = await stat(unit())

    const { stdout } = await install('--json')

    expect(JSON.parse(stdout)).toMatchObject({ path: unit(), change: 'none' })
    expect(await stat(unit())).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
  })

  test('is written anew when the configuration asks for more', async () => {
    await mkdir(at('copies'))
    await chown(at('copies'), 4242, 4242)
    await redoma.run(['init'])
    await redoma.run(['destination', 'add', 'nas', '--local', at('copies')])

    const { stdout } = await install()

    expect(stdout).toContain('systemctl restart redoma')
    const text = await readFile(unit(), 'utf8')
    expect(text).toContain(`ReadWritePaths=-${at('copies')}\n`)
    expect(text).toContain('CAP_DAC_OVERRIDE')
    // All that the test has lies in /tmp.
    expect(text).not.toMatch(/^PrivateTmp/m)
  })

  test('is not written over when somebody changed it, unless that is wanted; then the one before is kept', async () => {
    const changed = (await readFile(unit(), 'utf8')).replace('WatchdogSec=2min', 'WatchdogSec=9min')
    await writeFile(unit(), changed)

    const refused = await install()
    const removal = await install('--uninstall')
    expect([refused.code, removal.code]).toEqual([1, 1])
    expect(refused.stderr).toContain('systemctl edit redoma')
    expect(await readFile(unit(), 'utf8')).toBe(changed)

    expect(await install('--force')).toMatchObject({ code: 0 })
    expect(await readFile(unit(), 'utf8')).toContain('WatchdogSec=2min')
    expect(await readFile(`${unit()}.replaced`, 'utf8')).toBe(changed)
  })

  test('is removed, and the instance stays', async () => {
    expect(await install('--uninstall', '--dry-run')).toMatchObject({ code: 0 })
    await stat(unit())

    expect(await install('--uninstall')).toMatchObject({ code: 0 })
    expect(await install('--uninstall')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is not there') as string,
    })

    await expect(stat(unit())).rejects.toMatchObject({ code: 'ENOENT' })
    await stat(at('home/catalogue.sqlite'))
  })

  test('is not written through a link, by which a service is masked', async () => {
    await symlink('/dev/null', unit())

    expect(await install('--force')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('unmask') as string,
    })
  })

  test('is not written by who may not, and he is told', async () => {
    await chmod(at(), 0o755)
    const nobody = redomaAt(at('nobodys'), 65_534)

    const { code, stderr } = await nobody.run(['install', '--prefix', at('system2')])

    expect(code).toBe(1)
    expect(stderr).toContain('as root')
  })
})
