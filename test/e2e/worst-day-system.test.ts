import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { playAtTerminal } from '../support/play-at-terminal.ts'
import { programMissing } from '../support/programs.ts'
import { commandsOf } from '../support/readme-commands.ts'
import { redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const isMissing =
  process.getuid?.() !== 0 ||
  ['age', 'unzip', 'python3', 'restic', 'unshare'].some((name) => programMissing(name))
const masterPassword = 'seldom-Quartz 71 anvil_harbour'

test.skipIf(isMissing)(
  'with the instance and the network gone, stock programs bring the system back by the commands that copy and bundle hold',
  async () => {
    await using folder = await temporaryFolder()
    const at = (...names: string[]): string => join(folder.path, ...names)
    await mkdir(at('tree'))
    await writeFile(at('tree/hosts'), '10.0.0.1 gateway\n')
    await writeFile(at('password'), masterPassword)
    const redoma = redomaAt(at('home'))
    for (const words of [
      ['init', '--name', 'vault-1'],
      ['credential', 'add', 'router', '--no-secret'],
      ['source', 'add', 'tree', '--files', at('tree')],
      ['destination', 'add', 'nas', '--local', at('nas')],
      ['glass', 'ceremony', '--password-file', at('password'), '--out', at('ceremony')],
      ['backup', 'create'],
    ]) {
      expect(await redoma.run(words)).toMatchObject({ code: 0 })
    }
    for (const name of ['home', 'tree', 'ceremony']) await rm(at(name), { recursive: true })

    const readme = await readFile(at('nas/secrets/README.txt'), 'utf8')
    const opening = commandsOf(readme, 'with the master password').map((line) =>
      line.replace(/^grep .*/, 'cat "$D/system/restore-instructions.txt"'),
    )
    const script = ['set -e', ...opening, 'rm -r "$D"'].join('\n')
    const { code, stdout } = await playAtTerminal(
      ['unshare', '--net', '--', 'sh', '-c', script],
      [{ at: 'passphrase', type: masterPassword, hidden: true }],
      { cwd: at('nas/secrets') },
    )
    const commands = stdout.replaceAll('\r', '').split('Destination nas ')[1]?.split('\n\n')[1] ?? ''
    // The one thing that they leave to whoever types them.
    const literally = commands.replace('/some/new/folder', at('restored'))
    execFileSync('unshare', ['--net', '--', 'sh', '-ec', literally], {
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '', HOME: at() },
    })

    expect(code).toBe(0)
    expect(commands).toContain('restic restore latest')
    expect(await readFile(join(at('restored'), at('tree/hosts')), 'utf8')).toBe('10.0.0.1 gateway\n')
  },
)
