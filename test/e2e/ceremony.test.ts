import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import Slip39 from 'slip39'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { readIdentities } from '../../src/crypto/age/identity-file.ts'
import { type AtTerminal, atTerminal } from '../support/at-terminal.ts'
import { readCard, readShare, takePassword, takeShare } from '../support/hold-at-terminal.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { typePassword } from '../support/type-password.ts'

/** A ceremony derives four keys by scrypt, a second each on a machine that has nothing else to do. */
const patience = 600_000

describe('a ceremony at a terminal', () => {
  let folder: AsyncDisposable & { readonly path: string }
  let redoma: Redoma
  const at = (...names: string[]): string => join(folder.path, ...names)

  beforeAll(async () => {
    folder = await temporaryFolder()
    redoma = redomaAt(at('home'))
    await mkdir(at('tmp'))
    await redoma.run(['init', '--name', 'vault-1'])
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  const words = (out: string): string[] => [
    'glass',
    'ceremony',
    '--quorum',
    '2/3',
    '--with-password',
    '--out',
    at(out),
  ]

  const steps: readonly (readonly [string, (terminal: AtTerminal) => Promise<unknown>])[] = [
    ['the password is shown', (terminal) => terminal.sees(/Press Enter when it is on paper/)],
    [
      'the first share is about to be shown',
      (terminal) => takePassword(terminal).then(() => terminal.sees(/presses Enter/)),
    ],
    [
      'the first share is to be typed',
      (terminal) => takePassword(terminal).then(() => readShare(terminal, 1)),
    ],
    [
      'the last share is to be typed',
      async (terminal) => {
        await takePassword(terminal)
        await takeShare(terminal, 1)
        await takeShare(terminal, 2)
        await readShare(terminal, 3)
      },
    ],
  ]

  test.each(steps)('killed when %s leaves nothing', { timeout: patience }, async (_, reach) => {
    await using terminal = atTerminal(at('home'), words('killed'), at('tmp'))
    await reach(terminal)

    process.kill(programOf(terminal), 'SIGKILL')
    await terminal.ended

    await expectNothing()
  })

  test('given up, or interrupted, leaves nothing, and the words are gone from the screen', {
    timeout: patience,
  }, async () => {
    for (const [end, code] of [
      [
        (terminal: AtTerminal) => {
          terminal.types('stop')
        },
        130,
      ],
      [
        (terminal: AtTerminal) => {
          terminal.presses('\u0003')
        },
        130,
      ],
    ] as const) {
      await using terminal = atTerminal(at('home'), words('stopped'), at('tmp'))
      await takePassword(terminal)
      const share = await readShare(terminal, 1)
      end(terminal)

      const ended = await terminal.ended
      expect(ended.code).toBe(code)
      expectUnseen(ended.printed, [share])
      await expectNothing()
    }
  })

  test('names the word of the master password that is mistyped, and shows it again when asked', {
    timeout: patience,
  }, async () => {
    await using terminal = atTerminal(at('home'), ['glass', 'ceremony', '--out', at('wrong')], at('tmp'))
    const [, password = ''] = await terminal.sees(/ ([a-z]{3,}(?:-[a-z]{3,}){6})\r/)
    await terminal.sees(/Press Enter when it is on paper/)
    terminal.types('')
    await terminal.sees(/Type it from the paper: /)
    terminal.types(password.split('-').with(2, 'anvl').join('-'))
    await terminal.sees(/word 3 is not “anvl”/)
    await terminal.sees(/Type it again, or Enter to see it once more: /)
    terminal.types('')
    await terminal.sees(new RegExp(password))
    await terminal.sees(/Press Enter when it is on paper/)
    terminal.presses('\u0003')

    const { code, printed } = await terminal.ended
    expect(code).toBe(130)
    expectUnseen(printed, [password])
    await expectNothing()
  })

  test('says which word is wrong, and takes the share once it is right', { timeout: patience }, async () => {
    await using terminal = atTerminal(
      at('home'),
      ['glass', 'ceremony', '--quorum', '2/2', '--out', at('wrong')],
      at('tmp'),
    )
    const share = (await readShare(terminal, 1)).split(' ')

    terminal.types(share.with(6, 'acadamic').join(' '))
    await terminal.sees(/Word 7, “acadamic”/)
    await terminal.sees(/word 7> /)
    terminal.types('show')
    await terminal.sees(/Press Enter when they are on paper/)
    terminal.types('')
    await terminal.sees(/word 7> /)
    terminal.types(`7 ${(share[6] ?? '').slice(0, 4).toUpperCase()}`)
    await terminal.sees(/taken down/)
    const second = await readShare(terminal, 2)
    terminal.types(share.join(' '))
    await terminal.sees(/That is card 1/)
    await terminal.sees(/> /)
    terminal.types('stop')

    const { printed } = await terminal.ended
    expectUnseen(printed, [share.join(' '), second])
    await expectNothing()
  })

  test('makes a key that password and quorum open with stock programs, and no secret of it is left anywhere', {
    timeout: patience,
  }, async () => {
    await using terminal = atTerminal(at('home'), words('out'), at('tmp'))
    const password = await takePassword(terminal)
    const shares = [await takeShare(terminal, 1), await takeShare(terminal, 2), await takeShare(terminal, 3)]
    const { code, printed } = await terminal.ended
    expect(code).toBe(0)
    expect(printed).toContain('Every share was taken down and proven.')

    const secret = Buffer.from(Slip39.recoverSecret([shares[2] ?? '', shares[0] ?? ''])).toString('hex')
    writeFileSync(at('plain'), 'it is opened')
    const recipient = readFileSync(at('out', 'recipient.txt'), 'utf8').trim()
    execFileSync('age', ['-r', recipient, '-o', at('sealed.age'), at('plain')])
    for (const [file, passphrase] of [
      ['identity.quorum.age', secret],
      ['identity.password.age', password],
    ] as const) {
      const [command, env] = [
        ['age', '-d', '-i', at('out', file), '-o', at(`${file}.opened`), at('sealed.age')],
        { ...process.env, PASSWORD: passphrase },
      ]
      expect(spawnSync('python3', ['-c', typePassword, ...command], { env }).status).toBe(0)
      expect(readFileSync(at(`${file}.opened`), 'utf8')).toBe('it is opened')
    }

    const [identity] = await readIdentities(
      readFileSync(at('out', 'identity.quorum.age')),
      async () => new Secret(secret),
    )
    const texts = [identity?.reveal() ?? 'none', password, secret, ...shares.flatMap(parts)]
    for (const path of [...filesIn(at('home')), ...filesIn(at('out')), ...filesIn(at('tmp'))]) {
      const content = readFileSync(path, 'latin1').toLowerCase()
      for (const text of texts) expect(content.includes(text.toLowerCase()), path).toBe(false)
    }
    expectUnseen(printed, [...shares, password])
    expect(readdirSync(at('tmp'))).toEqual([])
    const shown = await redoma.run(['glass', 'show'])
    expect(shown.stdout).toContain('any 2 of 3 shares')
  })

  test('gives shares on cards to print, which are gone when it is given up', {
    timeout: patience,
  }, async () => {
    const command = [
      'glass',
      'ceremony',
      '--quorum',
      '2/2',
      '--cards',
      at('cards'),
      '--out',
      at('printed'),
      '--yes',
    ]
    for (const isGivenUp of [true, false]) {
      await using terminal = atTerminal(at('home'), command, at('tmp'))
      const first = await readCard(terminal, 1, at('cards', 'card-1.html'))
      expect(first.split(' ')).toHaveLength(20)
      expect(readdirSync(at('cards')).toSorted()).toEqual(
        [1, 2].flatMap((number) => [`card-${number}.html`, `card-${number}.pdf`]),
      )
      terminal.types(first)
      const second = await readCard(terminal, 2, at('cards', 'card-2.html'))
      terminal.types(isGivenUp ? 'stop' : second)

      const { code, printed } = await terminal.ended
      expect(code, printed).toBe(isGivenUp ? 130 : 0)
      expectUnseen(printed, [first, second])
      expect(existsSync(at('printed'))).toBe(!isGivenUp)
      if (isGivenUp) expect(readdirSync(at('cards'))).toEqual([])
    }
  })

  async function expectNothing(): Promise<void> {
    const shown = await redoma.run(['glass', 'show', '--json'])
    expect(JSON.parse(shown.stdout)).toEqual([])
    for (const out of ['killed', 'stopped', 'wrong']) expect(existsSync(at(out))).toBe(false)
    expect(readdirSync(at('tmp'))).toEqual([])
  }
})

describe('a ceremony of a script', () => {
  let folder: AsyncDisposable & { readonly path: string }
  let redoma: Redoma
  const at = (...names: string[]): string => join(folder.path, ...names)
  let recipient = ''

  beforeAll(async () => {
    folder = await temporaryFolder()
    redoma = redomaAt(at('home'))
    await redoma.run(['init', '--name', 'vault-1'])
    execFileSync('age-keygen', ['-o', at('guardian.txt')], { stdio: 'ignore' })
    recipient = execFileSync('age-keygen', ['-y', at('guardian.txt')])
      .toString()
      .trim()
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('never prints a share', async () => {
    const ended = await redoma.run(['glass', 'ceremony', '--quorum', '2/3', '--out', at('no')])

    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain('--seal NUMBER=KEY')
    expect(existsSync(at('no'))).toBe(false)
  })

  test('refuses a share that is given twice', { timeout: patience }, async () => {
    const twice = ['--seal', `1=${recipient}`, '--seal', `1=${recipient}`]
    const ended = await redoma.run(['glass', 'ceremony', '--quorum', '2/3', ...twice, '--out', at('no')])

    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain('--seal names share 1 twice')
  })

  test('seals shares to keys, and says that they are not proven', { timeout: patience }, async () => {
    const seals = [1, 2].flatMap((number) => ['--seal', `${number}=${recipient}`])
    const command = [
      'glass',
      'ceremony',
      '--quorum',
      '2/2',
      ...seals,
      '--prove-by-drill',
      '--out',
      at('sealed'),
      '--json',
    ]
    const { code, stdout, stderr } = await redoma.run(command)

    expect(code).toBe(0)
    expect(stderr).toMatch(/warning: the key age1.* gets enough shares to open everything alone/)
    expect(JSON.parse(stdout)).toMatchObject({ generation: 1, shares: 2, proven: [] })
    const shares = [1, 2].map((number) => open(at('sealed', `share-${number}.age`)))
    expect(Slip39.recoverSecret(shares)).toHaveLength(16)
  })

  test('proves them by the words that come back on standard input', { timeout: patience }, async () => {
    const seals = [1, 2].flatMap((number) => ['--seal', `${number}=${recipient}`])
    const command = ['glass', 'ceremony', '--quorum', '2/2', ...seals, '--out', at('back'), '--json', '--yes']
    const wrong = await redoma.run(command, `${open(at('sealed', 'share-1.age'))}\n`)
    expect(wrong.code).toBe(5)
    expect(readdirSync(at('back'))).toEqual([])
    expect(JSON.parse((await redoma.run(['glass', 'show', '--json'])).stdout)).toHaveLength(1)
  })

  test('on another machine gives a file that is adopted by the check value of its card', {
    timeout: patience,
  }, async () => {
    const away = redomaAt(at('nowhere'))
    const seals = [1, 2].flatMap((number) => ['--seal', `${number}=${recipient}`])
    const offline = ['--offline', '--instance-name', 'vault-1']
    const command = [
      'glass',
      'ceremony',
      ...offline,
      '--quorum',
      '2/2',
      ...seals,
      '--prove-by-drill',
      '--out',
      at('away'),
    ]
    expect(await away.run(command)).toMatchObject({ code: 0 })
    const file = at('away', 'recovery-key.json')
    const { fingerprint } = JSON.parse(readFileSync(file, 'utf8')) as { fingerprint: string }
    const checkValue = execFileSync('sha256sum', [file]).toString().slice(0, 64)

    expect(await redoma.run(['glass', 'adopt', file])).toMatchObject({ code: 2 })
    expect(await redoma.run(['glass', 'adopt', file, '--check-value', 'a'.repeat(64)])).toMatchObject({
      code: 6,
    })

    await using terminal = atTerminal(at('home'), ['glass', 'adopt', file])
    const [asked] = await terminal.sees(/[^]*Check value: /)
    expect(asked).not.toContain(checkValue.slice(0, 4))
    terminal.types(checkValue.slice(0, 24))
    const { code, printed } = await terminal.ended
    expect(code).toBe(0)
    expect(printed).toContain('formerly')
    const [signer = ''] = /SHA256:[\w+/]{43}/.exec((await redoma.run(['glass', 'show'])).stdout) ?? []
    expect(printed).toContain(signer || 'the signer that glass show has')
    expect(printed).toContain('write this on every card')
    expect(readFileSync(at('away', 'recovery-card.txt'), 'utf8')).toMatch(/write it here[^]*SHA256:_{64}/)
    const log = readFileSync(at('home', 'log', 'backup.log'), 'utf8')
    expect(log).toMatch(/recovery key changed.*adopted/)
    expect(log).toContain(fingerprint)
  })

  function open(path: string): string {
    return execFileSync('age', ['-d', '-i', at('guardian.txt'), path])
      .toString()
      .trim()
  }
})

/** The program at the terminal: the only child of `script`, which became it. */
function programOf({ child }: AtTerminal): number {
  const pid = child.pid ?? 0
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
}

/** Whatever was on the screen that is cleared; nothing of it may be on the one that stays. */
function expectUnseen(printed: string, secrets: readonly string[]): void {
  // eslint-disable-next-line no-control-regex -- what switches to the other screen and back
  const stayed = printed.replaceAll(/\u001b\[\?1049h[^]*?\u001b\[\?1049l/g, '').toLowerCase()
  expect(stayed).not.toContain('\u001b[?1049h')
  for (const secret of secrets) for (const part of parts(secret)) expect(stayed).not.toContain(part)
}

/** Three words after each other: also a part of a share is a secret. The first four are the same in all shares, or nearly. */
function parts(words: string): string[] {
  const all = words.split(' ')
  if (all.length === 1) return all
  return all.slice(4, -2).map((_, at) => all.slice(at + 4, at + 7).join(' '))
}

function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => statSync(name).isFile())
}
