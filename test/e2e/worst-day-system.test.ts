import { execFileSync } from 'node:child_process'
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { playAtTerminal, type Typing } from '../support/play-at-terminal.ts'
import { programMissing } from '../support/programs.ts'
import { commandsOf, commandsUnder } from '../support/readme-commands.ts'
import { redomaAt, redomaProgram } from '../support/redoma.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'

const isMissing =
  process.getuid?.() !== 0 ||
  ['age', 'unzip', 'python3', 'restic', 'unshare', 'xxd'].some((name) => programMissing(name))
const masterPassword = 'seldom-Quartz 71 anvil_harbour'
const emergency = new URL('../../docs/operator/emergency.md', import.meta.url)
const cast = fileURLToPath(new URL('../vectors/recordings/bastion.cast', import.meta.url))

/** All that an instance had is gone, but for its copy at the destination `nas`; so is the network. */
describe.skipIf(isMissing)('with the instance and the network gone', () => {
  let folder: TemporaryFolder
  let instructions: string
  const at = (...names: string[]): string => join(folder.path, ...names)
  const bundle = (): string => at('bundle')

  beforeAll(async () => {
    folder = await temporaryFolder()
    await mkdir(at('tree'))
    await mkdir(at('sessions'))
    await writeFile(at('tree/hosts'), '10.0.0.1 gateway\n')
    await writeFile(at('sessions/bastion.cast'), await readFile(cast))
    await writeFile(at('password'), masterPassword)
    const redoma = redomaAt(at('home'))
    for (const words of [
      ['init', '--name', 'vault-1'],
      ['credential', 'add', 'router', '--no-secret'],
      ['source', 'add', 'tree', '--files', at('tree')],
      ['source', 'add', 'sessions', '--recordings', at('sessions'), '--settle', '0'],
      ['destination', 'add', 'nas', '--local', at('nas')],
      ['glass', 'ceremony', '--password-file', at('password'), '--out', at('ceremony')],
      ['backup', 'create'],
    ]) {
      expect(await redoma.run(words)).toMatchObject({ code: 0 })
    }
    for (const name of ['home', 'tree', 'sessions', 'ceremony']) await rm(at(name), { recursive: true })

    const readme = await readFile(at('nas/secrets/README.txt'), 'utf8')
    const opening = commandsOf(readme, 'with the master password').map((line) =>
      line.replace(/^grep .*/, `cp -r "$D" ${bundle()}`),
    )
    const opened = await typed([...opening, 'rm -r "$D"'], at('nas/secrets'), [
      masterPasswordAt('passphrase'),
    ])
    expect(opened).toMatchObject({ code: 0 })
    instructions = await readFile(join(bundle(), 'system/restore-instructions.txt'), 'utf8')
    const list = await readFile(join(bundle(), 'system/repositories.json'), 'utf8')
    const { repositories } = JSON.parse(list) as { repositories: { password: string }[] }
    await writeFile(at('F'), repositories[0]?.password ?? '')
    await chmod(at('F'), 0o600)
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('stock programs bring the system back by the commands that copy and bundle hold, and the instance is rebuilt by them, and goes on', async () => {
    const restoring = blockAfter('Destination nas ').map(filled)
    const rebuilding = blockAfter('3. Put the catalogue').map(filled)

    await typed(restoring, '/')
    const rebuilt = await typed(rebuilding, bundle())
    await mkdir(at('sessions'))
    await cp(join(at('restored'), at('tree')), at('tree'), { recursive: true })
    const before = await redomaAt(at('rebuilt')).run(['backup', 'verify'])
    const created = await redomaAt(at('rebuilt')).run(['backup', 'create'])
    const verified = await redomaAt(at('rebuilt')).run(['backup', 'verify'])

    expect(restoring.join('\n')).toContain('restic restore latest')
    expect(await readFile(join(at('restored'), at('tree/hosts')), 'utf8')).toBe('10.0.0.1 gateway\n')
    expect(rebuilding).toHaveLength(4)
    expect(rebuilt).toMatchObject({ code: 0 })
    // What the lost instance did after it copied its catalogue is in the ledger alone, and nothing of that is amiss.
    expect(before).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The next backup takes the rest over') as string,
    })
    expect({ created, verified }).toMatchObject({ created: { code: 3 }, verified: { code: 0 } })

    /** With the one thing that they leave to whoever types them, and the place of the instance on this machine. */
    function filled(line: string): string {
      return line.replace('/some/new/folder', at('restored')).replace('/var/lib/redoma', at('rebuilt'))
    }
  })

  test('restic and redoma bring it back by the commands of emergency.md', async () => {
    const commands = commandsUnder(await readFile(emergency, 'utf8'), '2. Get the system back', [
      ['--password-file F', `--password-file ${at('F')}`],
      ['DESTINATION', at('nas')],
      ['--source NAME', '--source tree'],
      ['bin/redoma', redomaProgram],
    ]).filter((command) => !/AWS_|s3:/.test(command))
    const password = await readFile(at('F'), 'utf8')
    const asked = [{ at: 'enter password for repository', type: password, hidden: true }] as const
    const listed = JSON.parse(
      execFileSync('restic', ['-r', at('nas/system'), '--password-file', at('F'), 'snapshots', '--json'], {
        encoding: 'utf8',
      }),
    ) as { short_id: string; tags: string[] }[]
    const snapshot = listed.find(({ tags }) => tags.includes('source:tree'))?.short_id ?? ''

    expect(commands).toHaveLength(4)
    for (const [index, command] of commands.entries()) {
      const into = at(`new-${index}`)
      const line = command.replace('SNAPSHOT', snapshot).replace('/mnt/new', into)
      const { code, stdout } = await typed([line], '/', command.startsWith('restic') ? asked : [])

      expect({ line, code, stdout }).toMatchObject({ line, code: 0 })
      if (line.includes(into))
        expect(await readFile(join(into, at('tree/hosts')), 'utf8')).toBe('10.0.0.1 gateway\n')
      else expect(stdout).toContain(at('tree'))
    }
  })

  test('redoma and age open the recording by the commands of emergency.md', async () => {
    const found = await readdir(at('nas/recordings'), { recursive: true })
    const recording = found.find((path) => path.split('/').length === 4) ?? ''
    const commands = commandsUnder(await readFile(emergency, 'utf8'), '3. Watch a recording', [
      ['2026/03/01/ID', recording],
      ['2026/03/01', dirname(recording)],
      ['DESTINATION', at('nas')],
      ['DIR', at('watched')],
      ['bin/redoma', redomaProgram],
    ])

    const [byRedoma, original, meta] = [
      await typed(commands.slice(0, 2), at('nas'), [masterPasswordAt('Master password')]),
      await typed(commands.slice(2, 3), at('nas'), [masterPasswordAt('passphrase')]),
      await typed(commands.slice(3), at('nas'), [masterPasswordAt('passphrase')]),
    ]

    expect({ commands, byRedoma, original, meta }).toMatchObject({
      byRedoma: { code: 0 },
      original: { code: 0 },
      meta: { code: 0 },
    })
    const names = await readdir(at('watched'), { recursive: true })
    const watched = names.find((name) => name.endsWith('.cast')) ?? ''
    expect(await readFile(at('watched', watched))).toEqual(await readFile(cast))
    expect(await readFile(at('nas/session'))).toEqual(await readFile(cast))
    expect(meta.stdout).toContain('asciicast-v2')
  })

  /** The first block of lines that are indented after this. */
  function blockAfter(heading: string): string[] {
    const block = instructions.split(heading)[1]?.split('\n\n')[1] ?? ''
    return block.split('\n').map((line) => line.trim())
  }

  function typed(commands: readonly string[], cwd: string, steps: readonly Typing[] = []) {
    const env = { HOME: at(), PATH: [dirname(redomaProgram), process.env['PATH'] ?? ''].join(delimiter) }
    const script = ['set -e', ...commands].join('\n')
    return playAtTerminal(['unshare', '--net', '--', 'sh', '-c', script], steps, { cwd, env })
  }
})

function masterPasswordAt(question: string): Typing {
  return { at: question, type: masterPassword, hidden: true }
}
