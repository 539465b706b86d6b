import { execFileSync } from 'node:child_process'
import { chmod, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildOpenMjs } from '../../scripts/openers/open-mjs.ts'
import { answerDigest } from '../../src/bundle/drill/answer-code.ts'
import { encodeDrill } from '../../src/bundle/drill/drill-file.ts'
import { makeDrill } from '../../src/bundle/drill/make-drill.ts'
import { parseShareList } from '../../src/bundle/shares/share-list.ts'
import { portablePrimitives } from '../../src/crypto/portable.ts'
import type { Subject } from '../../src/ports/guardian.ts'
import { aCopyFolder, type CopyFolder } from '../support/copy-folder.ts'
import { emptyHanded, runEmptyHanded } from '../support/empty-handed.ts'
import { aCredential } from '../support/glass.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { playAtTerminal } from '../support/play-at-terminal.ts'
import { programMissing } from '../support/programs.ts'
import { commandsOf } from '../support/readme-commands.ts'
import { systemNode } from '../support/system-node.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ids = Array.from({ length: 30 }, (_, at) => String(at + 1))
const records = ids.map((id) => aCredential(id))
const secrets = records.map(({ secret }) => secret?.reveal() ?? '')
const slip39 = fileURLToPath(new URL('../../node_modules/slip39', import.meta.url))
const node = systemNode()
const isMissing =
  node === undefined ||
  process.getuid?.() !== 0 ||
  ['age', 'unzip', 'python3', 'unshare', 'setpriv'].some((name) => programMissing(name))

/**
 * The instance is gone with all that was on it; so is the network. What is left is one copy, another machine's user who has never
 * heard of Redoma, and what people have in a safe: a password, or cards.
 */
describe.skipIf(isMissing).each(['classic', 'pq'] as const)('on the worst day, with a %s key', (profile) => {
  let copy: CopyFolder
  const home = (): string => join(copy.path, 'home')
  const there = (): string => join(copy.path, 'secrets')
  const open = (words: readonly string[], input: string) =>
    runEmptyHanded([node ?? '', 'open.mjs', basename(copy.bundle), ...words], there(), home(), input)

  beforeAll(async () => {
    copy = await aCopyFolder(profile, [{ name: 'open.mjs', content: await buildOpenMjs() }], records)
    await mkdir(join(copy.path, 'tools'))
    const age = profile === 'pq' ? newerProgram('age') : undefined
    if (age !== undefined) await cp(age, join(copy.path, 'tools/age'))
    await cp(slip39, join(there(), 'node_modules/slip39'), { recursive: true })
    await mkdir(home())
    await chmod(home(), 0o777)
  })
  afterAll(() => copy[Symbol.asyncDispose]())

  test('open.mjs gives every credential back for the master password', async () => {
    const { code, stdout, stderr } = await open(['--password-file', '-', '--reveal', '--json'], copy.password)

    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(secretsIn(stdout)).toEqual(secrets)
  })

  test('open.mjs takes the newest bundle beside it, or of those that are named, and says which', async () => {
    for (const named of [[], ['identity.password.age', basename(copy.bundle)]]) {
      const command = [node ?? '', 'open.mjs', ...named, '--password-file', '-', '--reveal', '--json']
      const { code, stdout, stderr } = await runEmptyHanded(command, there(), home(), copy.password)

      expect({ code, stderr }).toMatchObject({ code: 0 })
      expect(stderr).toMatch(new RegExp(`The newest bundle here: .*${basename(copy.bundle)}`))
      expect(secretsIn(stdout)).toEqual(secrets)
    }
  })

  test('open.mjs from elsewhere takes the newest bundle of the folder, or of its secrets', async () => {
    await using card = await temporaryFolder()
    await chmod(card.path, 0o755)
    const opener = join(card.path, 'open.mjs')
    await writeFile(opener, await buildOpenMjs())
    const command = [node ?? '', opener, '--password-file', '-', '--reveal', '--json']

    for (const folder of [copy.path, there()]) {
      const { code, stdout, stderr } = await runEmptyHanded(command, folder, home(), copy.password)
      expect({ code, stderr }).toMatchObject({ code: 0 })
      expect(secretsIn(stdout)).toEqual(secrets)
    }
    const nowhere = await runEmptyHanded(command, card.path, home(), copy.password)
    expect(nowhere.code).toBe(2)
    expect(nowhere.stderr).toContain('no bundle beside this program, in this folder or its secrets/')
  })

  test('and for the cards of enough guardians', async () => {
    const { board, operations } = copy.cards
    const cards = [board[2], operations[0], board[1]].join('\n')

    const { code, stdout } = await open(['--shares-file', '-', '--reveal', '--json'], cards)

    expect(code).toBe(0)
    expect(secretsIn(stdout)).toEqual(secrets)
  })

  test('and says how many more are needed when they are too few', async () => {
    const { code, stderr } = await open(['--shares-file', '-'], copy.cards.board.slice(1).join('\n'))

    expect(code).toBe(5)
    expect(stderr).toContain('enough cards of 1 other group')
  })

  test('and lets somebody search at a terminal', async () => {
    const command = emptyHanded([node ?? '', 'open.mjs', basename(copy.bundle)], home())
    const { code, stdout } = await playAtTerminal(
      command,
      [
        { at: '[P/c]', type: '' },
        { at: 'Master password', type: 'not this', hidden: true },
        { at: 'Once more', type: copy.password, hidden: true },
        { at: 'search>', type: 'router 17' },
        { at: '1 credential', type: '1' },
        { at: 'Enter hides it', type: '' },
        { at: 'search>', type: 'q' },
      ],
      { cwd: there() },
    )

    expect(code).toBe(0)
    expect(stdout).toContain('p;ä🔑 17')
    expect(stdout).toMatch(/TOTP code +\S+ +\d{6} \(for/)
  })

  test.skipIf(programMissing('keepassxc-cli'))('and writes a database that KeePassXC opens', async () => {
    await writeFile(join(copy.path, 'new-password'), 'another password')
    const out = join(home(), `${profile}.kdbx`)
    const words = ['--password-file', '-', '--export', 'kdbx', '--out', out]

    const { code } = await open(
      [...words, '--export-password-file', join(copy.path, 'new-password')],
      copy.password,
    )
    const listed = execFileSync('keepassxc-cli', ['ls', '-q', '-R', '-f', out], {
      input: 'another password\n',
      encoding: 'utf8',
    })

    expect(code).toBe(0)
    expect(listed.split('\n').filter((line) => line.startsWith('network/core/Router'))).toHaveLength(30)
  })

  test('and answers a drill for one guardian, and for the whole', async () => {
    const shares = parseShareList(await readFile(join(there(), 'shares.json')))
    const times = { startedAt: new Date(), expiresAt: new Date(Date.now() + 3_600_000) }
    const { generation, fingerprint } = shares
    const key = { number: generation, fingerprint, recipient: copy.recipient }
    const id = '6a1f6f4e-0000-4000-8000-00000000000d'
    const wish = { id, instanceName: 'test', ...times, generation: key, shares }
    const { file, record } = await makeDrill(wish, portablePrimitives())
    await writeFile(join(copy.path, 'drill.json'), encodeDrill(file))
    const isRight = (subject: Subject, code: string | undefined): boolean =>
      record.questions.some(({ codeSha256 }) => codeSha256 === answerDigest(id, subject, code ?? ''))
    const answer = (words: readonly string[], input: string) =>
      runEmptyHanded(
        [node ?? '', 'open.mjs', 'drill', join(copy.path, 'drill.json'), ...words],
        there(),
        home(),
        input,
      )

    const guardian = await answer(['--card-file', '-'], copy.cards.board[1] ?? '')
    const whole = await answer(['--whole', '--password-file', '-', '--json'], copy.password)
    const stranger = await answer(['--card-file', '-'], copy.olderCards[0] ?? '')

    expect(isRight(2, /([0-9A-Z]{4}-){2}[0-9A-Z]{4}/.exec(guardian.stdout)?.[0])).toBe(true)
    const { answers } = JSON.parse(whole.stdout) as { answers: { code: string }[] }
    expect(isRight('whole', answers[0]?.code)).toBe(true)
    expect(stranger.code).toBe(5)
  })

  test('stock programs give every credential back by what README.txt says, for a password and for cards', async () => {
    const readme = await readFile(join(there(), 'README.txt'), 'utf8')
    const opening = commandsOf(readme, 'with the master password').map((line) =>
      line.replace(/^grep .*/, 'cat "$D/secrets.json"'),
    )
    const [recover = ''] = commandsOf(readme, 'with cards')
    await writeFile(
      join(there(), 'cards.txt'),
      [copy.cards.board[0], copy.cards.board[1], copy.cards.operations[0]].join('\n'),
    )
    await chmod(join(there(), 'cards.txt'), 0o644)
    await symlink(node ?? '', join(copy.path, 'tools/node')).catch(() => undefined)

    const passphrase = (await typed([recover], [])).stdout.trim()
    const byPassword = await typed(opening, [{ at: 'passphrase', type: copy.password, hidden: true }])
    const byCards = await typed(
      opening.map((line) => line.replace('identity.password.age', 'identity.quorum.age')),
      [{ at: 'passphrase', type: passphrase, hidden: true }],
    )

    for (const { code, stdout } of [byPassword, byCards]) {
      expect(code).toBe(0)
      expect(secretsIn(stdout.slice(stdout.indexOf('{"credentials"'), stdout.lastIndexOf('}') + 1))).toEqual(
        secrets,
      )
    }

    function typed(commands: readonly string[], steps: Parameters<typeof playAtTerminal>[1]) {
      const script = ['set -e', ...commands, 'if [ -n "$D" ]; then rm -r "$D"; fi'].join('\n')
      const path = `${join(copy.path, 'tools')}:/usr/bin:/bin`
      return playAtTerminal(emptyHanded(['sh', '-c', script], home(), path), steps, { cwd: there() })
    }
  })
})

test('open.mjs is the same bytes each time, small, and says nothing of where it was built', async () => {
  const [once, again] = [await buildOpenMjs(), await buildOpenMjs()]
  const text = Buffer.from(once).toString()

  expect(Buffer.compare(once, again)).toBe(0)
  expect(once.length).toBeLessThan(1_000_000)
  expect(text).not.toContain(fileURLToPath(new URL('../..', import.meta.url)))
})

function secretsIn(json: string): string[] {
  const { credentials } = JSON.parse(json) as { credentials: { secret: string }[] }
  return credentials.map(({ secret }) => secret)
}
