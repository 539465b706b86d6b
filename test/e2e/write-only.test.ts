import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programMissing } from '../support/programs.ts'
import { type Ended, type Redoma, redomaAt } from '../support/redoma.ts'
import { type SshServer, sshServerMissing, startSshServer } from '../support/ssh-server.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'
import { typePassword } from '../support/type-password.ts'

const recordings = fileURLToPath(new URL('../vectors/recordings', import.meta.url))
const masterPassword = 'seldom-Quartz 71 anvil_harbour'

interface Part {
  readonly job: string
  readonly source: string
  readonly destination: string
  readonly outcome: {
    readonly kind: string
    readonly failure?: { readonly code: string; readonly hint: string }
  }
  readonly figures: { readonly itemsNew: number }
  readonly product?: string
}

const isMissing = [sshServerMissing(), ...['age', 'python3'].map(programMissing)].includes(true)

/** Steps of one story, in order: each builds on what the one before left. */
describe.skipIf(isMissing)('copies at an account that may only write', () => {
  let folder: TemporaryFolder
  let server: SshServer
  let redoma: Redoma
  const at = (...names: string[]): string => join(folder.path, ...names)
  const run = (...words: string[]): Promise<Ended> => redoma.run(words)
  async function must(code: number, ...words: string[]): Promise<Ended> {
    const ended = await run(...words)
    expect(ended.code, `${words.join(' ')}: ${ended.stdout}${ended.stderr}`).toBe(code)
    return ended
  }
  const partsOf = ({ stdout }: Ended): readonly Part[] =>
    (JSON.parse(stdout) as { readonly parts: readonly Part[] }).parts
  const jobsAt = (parts: readonly Part[], destination: string): string[] =>
    [...new Set(parts.filter((part) => part.destination === destination).map(({ job }) => job))].toSorted()

  beforeAll(async () => {
    folder = await temporaryFolder()
    server = await startSshServer(at('home'), { options: '-wo -no-del -munge -no-lock' })
    redoma = redomaAt(at('home'))
    await mkdir(at('tree'))
    await writeFile(at('tree', 'a'), 'first\n')
    await writeFile(at('password'), `${masterPassword}\n`, { mode: 0o600 })
    await must(0, 'init')
    const { code } = await redoma.run(
      ['credential', 'add', 'Router', '--user', 'root', '--secret-file', '-'],
      'tundra\n',
    )
    expect(code).toBe(0)
    await must(0, 'source', 'add', 'tree', '--files', at('tree'))
    await must(0, 'source', 'add', 'sessions', '--recordings', recordings, '--settle', '0')
    await must(0, 'glass', 'ceremony', '--password-file', at('password'), '--out', at('ceremony'))
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  test('it is added with what that costs, after it has taken a file', async () => {
    const { user, host, port } = server.spec()
    const url = `ssh://${user}@${host}:${port}`
    const { stderr } = await must(
      0,
      'destination',
      'add',
      'far',
      '--rsync',
      url,
      '--write-only',
      '--host-key',
      server.hostKey,
    )

    expect(stderr).toContain('count as sent, not as verified')
    expect(await readFile(join(server.folder, 'secrets', 'README.txt'), 'utf8')).toContain('WHAT IS THIS?')
    expect((await must(0, 'destination', 'show', 'far')).stdout).toContain('system backups need to read')
  })

  test('it is tested by what can be tried, and the rest is said to be not possible', async () => {
    const { stdout } = await must(0, 'destination', 'test', 'far', '--json')
    const { kept, checks } = JSON.parse(stdout) as { kept: boolean; checks: { outcome: { kind: string } }[] }

    expect(kept).toBe(true)
    expect(new Set(checks.map(({ outcome }) => outcome.kind))).toEqual(new Set(['kept', 'not-possible']))
    expect(await readFile(join(server.folder, 'redoma-test', 'large'))).toHaveLength(0)
  })

  test('alone, it leaves the system backed up nowhere, which fails the run', async () => {
    const parts = partsOf(await must(1, 'backup', 'create', '--json'))

    const failed = parts.filter(({ outcome }) => outcome.kind === 'failed')
    expect(new Set(failed.map(({ job }) => job))).toEqual(new Set(['system']))
    expect(failed[0]?.outcome.failure).toMatchObject({
      code: 'DESTINATION_FORBIDDEN',
      hint: expect.stringContaining('account that may read') as string,
    })
  })

  test('beside one that reads, all is done without a warning, and recordings are not sent twice', async () => {
    await must(0, 'destination', 'add', 'near', '--local', at('near'))

    const parts = partsOf(await must(0, 'backup', 'create', '--json'))

    expect(parts.filter(({ outcome }) => outcome.kind !== 'done')).toEqual([])
    expect(jobsAt(parts, 'near')).toEqual(['recordings', 'secrets', 'system'])
    expect(jobsAt(parts, 'far')).toEqual(['recordings', 'secrets'])
    const again = parts.filter(({ job, destination }) => job === 'recordings' && destination === 'far')
    expect(again.map(({ figures }) => figures.itemsNew)).toEqual([0])
  })

  test('what lies there is what its ledger says, and opens with stock age', async () => {
    const lines = (await readFile(join(server.folder, 'ledger.jsonl'), 'utf8')).trim().split('\n')
    const names = lines.flatMap((line) => (JSON.parse(line) as { readonly object?: string }).object ?? [])
    expect(names.filter((name) => name.endsWith('/original.age')).length).toBeGreaterThan(0)
    // The command of docs/operator/rsync.md.
    const page = await readFile(new URL('../../docs/operator/rsync.md', import.meta.url), 'utf8')
    const [command = ''] = /^ {4}sed .*sha256sum.*$/m.exec(page) ?? []
    const check = (): string =>
      execFileSync('sh', ['-c', command], { cwd: server.folder, encoding: 'utf8', stdio: 'pipe' })
    expect(check()).toBe('')
    const bundle = names.findLast((name) => /^secrets\/.*-2\.age$/.test(name)) ?? ''
    const identity = join(server.folder, 'secrets', 'identity.password.age')
    await writeFile(at('type.py'), typePassword)
    const words = ['age', '-d', '-i', identity, '-o', at('bundle.zip'), join(server.folder, bundle)]
    execFileSync('python3', [at('type.py'), ...words], {
      env: { ...process.env, PASSWORD: masterPassword },
      stdio: 'pipe',
      timeout: 60_000,
    })
    const zip = await readFile(at('bundle.zip'))
    expect(zip.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004')
    await truncate(join(server.folder, bundle), 100)
    expect(check).toThrow('1 computed checksum did NOT match')
  })

  test('it is not verified, and that is said: 3 beside others that are, 1 alone', async () => {
    const { stdout } = await must(3, 'backup', 'verify', '--json')
    const alone = await must(1, 'backup', 'verify', '--at', 'far')

    expect(JSON.parse(stdout)).toMatchObject([
      { destination: 'far', outcome: { kind: 'left-out', failure: { code: 'DESTINATION_FORBIDDEN' } } },
      { destination: 'near', what: 'ledger', outcome: { kind: 'verified' } },
      { destination: 'near', what: 'repository', outcome: { kind: 'verified' } },
    ])
    expect(alone.stdout).toContain('far is only written to')
  })

  test('what needs to read refuses it by name, and passes it over where it was not named', async () => {
    for (const words of [
      ['restore', 'latest', '--from', 'far', '--to', at('restored')],
      ['backup', 'forget', '--at', 'far', '--keep-last', '1', '--yes'],
      ['backup', 'prune', '--at', 'far'],
      ['backup', 'copy', '--from', 'far', '--to', 'near'],
      ['backup', 'unlock', '--at', 'far'],
    ])
      expect((await must(1, ...words)).stderr).toContain('far is only written to')

    await must(0, 'restore', 'latest', '--source', 'tree', '--to', at('restored'))
    await must(0, 'backup', 'forget', '--keep-last', '1', '--prune', '--yes')
    await must(0, 'backup', 'unlock')
  })

  test('an identity that was lost at the server is there again after the next run', async () => {
    await rm(join(server.folder, 'secrets', 'identity.password.age'))

    await must(0, 'backup', 'create', '--only', 'secrets')

    expect(await readdir(join(server.folder, 'secrets'))).toContain('identity.password.age')
  })

  test('a server that cannot sync is remarked on when it is added, and when it is tested', async () => {
    await using other = await startSshServer(at('home'), { name: 'other' })
    const script = at('old-rrsync')
    await writeFile(
      script,
      '#!/bin/sh\ncase "$SSH_ORIGINAL_COMMAND" in *--fsync*) echo "$0 error: invalid rsync-command syntax or options" >&2; exit 1;; esac\n' +
        `exec /usr/bin/rrsync -wo -munge -no-lock ${other.folder}\n`,
      { mode: 0o755 },
    )
    await other.allow(script)
    const { user, host, port } = other.spec()
    const place = ['--rsync', `ssh://${user}@${host}:${port}`, '--write-only', '--host-key', other.hostKey]

    const added = await must(0, 'destination', 'add', 'old', ...place)
    const tested = await must(0, 'destination', 'test', 'old', '--json')

    expect(added.stderr).toContain('cannot sync')
    expect(JSON.parse(tested.stdout)).toMatchObject({
      remarks: [expect.stringContaining('cannot sync') as string],
    })
  })
})
