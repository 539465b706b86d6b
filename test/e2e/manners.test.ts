import { type ChildProcess, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const launcher = fileURLToPath(new URL('../../bin/redoma', import.meta.url))

describe('redoma', () => {
  test('ends with 2 and three lines at most when the words do not fit, proposing the near ones', async () => {
    await using folder = await temporaryFolder()
    const redoma = redomaAt(join(folder.path, 'home'))
    const wrong = [
      { words: ['bakup'], hint: 'redoma backup' },
      { words: ['backup', 'craete'], hint: 'create' },
      { words: ['source', 'add', 'x'], hint: '--help' },
      { words: ['backup', 'create', '--only', 'secret'], hint: 'secrets' },
      { words: ['restore', 'latest'], hint: '--help' },
    ]

    for (const { words, hint } of wrong) {
      const { code, stdout, stderr } = await redoma.run(words)

      expect({ words, code, stdout }).toEqual({ words, code: 2, stdout: '' })
      expect(stderr).toContain(hint)
      expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3)
    }
  })

  test('shows an example in the help of every command', async () => {
    await using folder = await temporaryFolder()
    const redoma = redomaAt(join(folder.path, 'home'))
    const leavesOf = async (words: string[]): Promise<{ words: string[]; help: string }[]> => {
      const help = (await redoma.run([...words, '--help'])).stdout
      const children = namesIn(help)
      if (children.length === 0) return [{ words, help }]
      return (await Promise.all(children.map((child) => leavesOf([...words, child])))).flat()
    }

    const leaves = await leavesOf([])
    const missing = leaves
      .filter(({ help }) => !help.includes('Example:'))
      .map(({ words }) => words.join(' '))

    expect(leaves.length).toBeGreaterThan(50)
    expect(missing).toEqual([])
  })

  test.skipIf(process.getuid?.() !== 0)(
    'serves a user of whom the system knows nothing but the number',
    async () => {
      await using folder = await temporaryFolder()
      const home = join(folder.path, 'home')
      const number = 54_321
      await chmod(folder.path, 0o711)
      await mkdir(home)
      await chown(home, number, number)
      const run = (...words: string[]): { status: number | null; stderr: string } => {
        const as = { uid: number, gid: number, cwd: '/', encoding: 'utf8' as const }
        return spawnSync(launcher, words, { ...as, env: { PATH: process.env['PATH'], REDOMA_HOME: home } })
      }

      expect(run('init', '--name', 'contained')).toMatchObject({ status: 0, stderr: '' })
      expect(run('audit', 'verify')).toMatchObject({ status: 0, stderr: '' })
    },
  )

  test('starts by a symbolic link from anywhere', async () => {
    await using folder = await temporaryFolder()
    await symlink(launcher, join(folder.path, 'redoma'))

    const { status, stdout } = spawnSync(join(folder.path, 'redoma'), ['--version'], {
      encoding: 'utf8',
      cwd: '/',
    })

    expect(status).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('lists a file that cannot be read, does the rest, and ends with 3', async () => {
    await using folder = await temporaryFolder()
    // Root reads everything, so as root the program runs as somebody else.
    const nobody = process.getuid?.() === 0 ? 65_534 : undefined
    const redoma = redomaAt(join(folder.path, 'home'), nobody)
    await mkdir(join(folder.path, 'tree'))
    await writeFile(join(folder.path, 'tree', 'plain'), 'x')
    await writeFile(join(folder.path, 'tree', 'closed\u001b[31m'), 'x', { mode: 0o000 })
    if (nobody !== undefined) await chown(folder.path, nobody, nobody)
    await redoma.run(['init'])
    await redoma.run(['source', 'add', 'tree', '--files', join(folder.path, 'tree')])
    await redoma.run(['destination', 'add', 'nas', '--local', join(folder.path, 'nas')])

    const { code, stdout } = await redoma.run(['backup', 'create', '--only', 'system'])

    expect(code).toBe(3)
    expect(stdout).toContain('tree/closed\\u{1b}[31m: ')
    expect(stdout).not.toContain('\u001b')
  })

  test('refuses a second run while one is under way', async () => {
    await using folder = await temporaryFolder()
    const redoma = await withLargeTree(folder.path)
    const first = redoma.start(['backup', 'create', '--only', 'system'])
    await untilRunning(redoma)
    // However long the second takes to get there.
    await freeze(first.child, join(folder.path, 'home'))

    const second = await redoma.run(['backup', 'create', '--only', 'system'])

    first.child.kill('SIGCONT')
    expect(second.code).toBe(4)
    expect(second.stderr).toContain('under way')
    expect(await first.ended).toMatchObject({ code: 0 })
  })

  test('stops on SIGINT with 130, leaves a run that says so, and can run again', async () => {
    await using folder = await temporaryFolder()
    const redoma = await withLargeTree(folder.path)
    const { child, ended } = redoma.start(['backup', 'create', '--only', 'system'])
    await untilRunning(redoma)

    child.kill('SIGINT')

    expect(await ended).toMatchObject({ code: 130 })
    const [run] = JSON.parse((await redoma.run(['backup', 'list', '--json'])).stdout) as { state: string }[]
    expect(run?.state).toBe('cancelled')
    expect(await redoma.run(['backup', 'create', '--only', 'system'])).toMatchObject({ code: 0 })
    expect(await redoma.run(['backup', 'verify', '--read-data'])).toMatchObject({ code: 0 })
    expect(readdirSync(join(folder.path, 'home', 'run'))).toEqual([])
  })

  test('gives no secret to the arguments or the environment of a process', async () => {
    await using folder = await temporaryFolder()
    const redoma = redomaAt(join(folder.path, 'home'))
    await redoma.run(['init'])
    const secret = 'a-secret-that-nobody-sees'
    const { child, ended } = redoma.start(['credential', 'add', 'router', '--secret-file', '-'])
    const seen = processesBelow(child.pid ?? 0)
    child.stdin?.end(secret)
    await ended
    await redoma.run(['credential', 'add', 'switch', '--secret-file', '-'], secret)

    const { stdout } = await redoma.run(['credential', 'show', 'switch', '--json'])
    const revealed = await redoma.run(['credential', 'show', 'switch', '--reveal', '--json'])

    expect(seen).not.toContain(secret)
    expect(stdout).not.toContain(secret)
    expect(JSON.parse(revealed.stdout)).toMatchObject({ secret })
    expect(readFileSync(join(folder.path, 'home', 'log', 'backup.log'), 'utf8')).not.toContain(secret)
  })

  test('asks before it removes, and goes on without a person only with --yes', async () => {
    await using folder = await temporaryFolder()
    const redoma = redomaAt(join(folder.path, 'home'))
    await redoma.run(['init'])
    await redoma.run(['source', 'add', 'tree', '--files', folder.path])

    const asked = await redoma.run(['source', 'remove', 'tree'])
    const confirmed = await redoma.run(['source', 'remove', 'tree', '--yes'])

    expect(asked.code).toBe(2)
    expect(asked.stderr).toContain('--yes')
    expect(confirmed).toMatchObject({ code: 0 })
  })
})

/** The names in the list of commands of a help text. */
function namesIn(help: string): string[] {
  const [, list = ''] = help.split('Commands:\n')
  const [commands = ''] = list.split('\n\n')
  return [...commands.matchAll(/^ {2}([a-z][a-z-]*)\b/gm)].map(([, name = '']) => name)
}

async function withLargeTree(folder: string): Promise<Redoma> {
  const redoma = redomaAt(join(folder, 'home'))
  await mkdir(join(folder, 'tree'))
  for (let index = 0; index < 40; index++) {
    const seed = Buffer.alloc(8 * 1024 * 1024)
    for (let at = 0; at < seed.length; at += 4)
      seed.writeUInt32LE(((at + index * 7_919) * 2_654_435_761) % 4_294_967_296, at)
    await writeFile(join(folder, 'tree', String(index)), seed)
  }
  await redoma.run(['init'])
  await redoma.run(['source', 'add', 'tree', '--files', join(folder, 'tree')])
  await redoma.run(['destination', 'add', 'nas', '--local', join(folder, 'nas')])
  return redoma
}

async function untilRunning(redoma: Redoma): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { stdout } = await redoma.run(['backup', 'list', '--json'])
    const [run] = JSON.parse(stdout) as { state: string }[]
    if (run?.state === 'running') return
  }
  throw new Error('the run did not begin')
}

/** Arguments and environment of a process and its children, as the system shows them. */
function processesBelow(pid: number): string {
  return ['cmdline', 'environ']
    .map((name) => {
      try {
        return readFileSync(`/proc/${pid}/${name}`, 'latin1')
      } catch {
        return ''
      }
    })
    .join('\n')
}

/** Stops a process where it does not write to the catalogue: another one would wait for that, and not see the run. */
async function freeze(child: ChildProcess, home: string): Promise<void> {
  await until('it writes nothing', () => {
    child.kill('SIGSTOP')
    using database = new DatabaseSync(join(home, 'catalogue.sqlite'), { timeout: 0 })
    try {
      database.exec('begin immediate; rollback')
      return Promise.resolve(true)
    } catch {
      child.kill('SIGCONT')
      return Promise.resolve(undefined)
    }
  })
}
