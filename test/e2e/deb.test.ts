import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDeb } from '../../scripts/deb/make-deb.ts'
import { buildOpenHtml } from '../../scripts/openers/open-html.ts'
import { buildOpenMjs } from '../../scripts/openers/open-mjs.ts'
import { overlayMissing, runInOverlay } from '../support/in-overlay.ts'
import { programMissing } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

describe.skipIf(programMissing('dpkg-deb'))('the Debian package', () => {
  let folder: AsyncDisposable & { readonly path: string }
  let openers: Record<string, string | Uint8Array>
  let deb: string
  /** All that is in it. */
  let out: string
  const make = (to: string) =>
    makeDeb({
      ...{ root, openers, folder: join(folder.path, to), compression: 'none', version: '0.1.0' },
      ...{ architecture: process.arch === 'arm64' ? 'arm64' : 'amd64', at: new Date('2026-01-02T03:04:05Z') },
      maintainer: 'Redoma <redoma@example.org>',
    })

  beforeAll(async () => {
    folder = await temporaryFolder()
    openers = { 'open.html': await buildOpenHtml(), 'open.mjs': await buildOpenMjs() }
    deb = await make('first')
    out = join(folder.path, 'out')
    await run('dpkg-deb', ['--extract', deb, out])
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('is the same to the byte when it is made again, whoever makes it', async () => {
    const before = { mask: process.umask(0o077), zone: process.env['TZ'] }
    process.env['TZ'] = 'Pacific/Auckland'
    try {
      expect(await sha256(await make('second'))).toBe(await sha256(deb))
    } finally {
      process.umask(before.mask)
      process.env['TZ'] = before.zone
    }
  })

  test('has what runs, for everybody to read and for root to change, and nothing of how it was made', async () => {
    const { stdout } = await run('dpkg-deb', ['--contents', deb], { maxBuffer: 64 * 1024 * 1024 })
    const lines = stdout.trim().split('\n')
    const paths = lines.map((line) => line.split(/ +/)[5] ?? '')

    for (const path of [
      './usr/bin/redoma',
      './usr/lib/redoma/src/main/redoma.ts',
      './usr/lib/redoma/dist/open.html',
      './usr/lib/systemd/system/redoma.service',
      './usr/share/man/man1/redoma.1.gz',
      './usr/share/bash-completion/completions/redoma',
      './usr/share/doc/redoma/copyright',
      './usr/share/doc/redoma/operator/handbook.md',
    ])
      expect(paths).toContain(path)
    const strange = lines.filter(
      (line) => !/^(-rw-r--r--|-rwxr-xr-x|drwxr-xr-x|lrwxrwxrwx) root\/root /.test(line),
    )
    expect(strange).toEqual([])
    const strays =
      /\.test\.ts$|\/(vitest|typescript|eslint|vite)\/|\/\.git|\.tsbuildinfo$|^\.\/(etc|var|home|root|tmp)\//
    expect(paths.filter((path) => strays.test(path))).toEqual([])
  })

  test('tells of every command in its manual, which man takes without a complaint', async () => {
    const page = join(out, 'usr/share/man/man1/redoma.1.gz')

    const { stdout, stderr } = await run('man', ['--warnings', '--local-file', page], {
      env: { PATH: process.env['PATH'], MANWIDTH: '100', LC_ALL: 'C.UTF-8' },
    })

    expect(stderr).toBe('')
    for (const words of ['redoma backup create', 'redoma glass ceremony', 'redoma restore', '--dry-run'])
      expect(stdout).toContain(words)
  })

  test.each([
    ['redoma ba', 'backup'],
    ['redoma backup cre', 'create'],
    ['redoma backup create --on', '--only'],
    ['redoma glass drill st', 'start status'],
  ])('completes %s', async (typed, wanted) => {
    const words = typed.split(' ')
    const script = `source "$1"; COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _redoma; echo "\${COMPREPLY[@]}"`
    const file = join(out, 'usr/share/bash-completion/completions/redoma')

    const { stdout } = await run('bash', ['-c', script, 'bash', file])

    expect(stdout.trim()).toBe(wanted)
  })

  test.skipIf(process.env['SLOW'] === undefined || programMissing('lintian'))(
    'has no errors for lintian',
    async () => {
      // Of this one, which is made for a test, alone.
      const uncompressed = 'uses-no-compression-for-control-tarball,uses-no-compression-for-data-tarball'

      const { stdout } = await run('lintian', ['--allow-root', '--suppress-tags', uncompressed, deb])

      expect(stdout).toBe('')
    },
  )

  test.skipIf(overlayMissing())(
    'is installed, backs up and restores, and leaves the instance when it goes',
    async () => {
      await writeFile(join(folder.path, 'password'), 'seldom-Quartz 71 anvil_harbour\n', { mode: 0o600 })

      const printed = await runInOverlay(storyOf(deb, join(folder.path, 'password')))

      expect(printed).toContain('version 0.1.0')
      expect(printed).toContain('native calls work')
      expect(printed.match(/the instance stays/g)).toHaveLength(3)
    },
  )
})

/** What an administrator does, and what must hold in between. */
function storyOf(deb: string, password: string): string {
  return `
rm -rf /var/lib/redoma /var/cache/redoma
dpkg --install --force-depends ${deb}
echo "version $(redoma --version)"
test "$(dpkg --verify redoma)" = ""
redoma init --name vault-1
mkdir -p /srv/data && echo 'what must come back' > /srv/data/file && chown -R 4242:4242 /srv/data && chmod 600 /srv/data/file
redoma source add data --files /srv/data
redoma destination add nas --local /srv/copies
redoma glass ceremony --password-file ${password} --out /srv/ceremony
echo '{"schema":"redoma-credentials/1","credentials":[{"id":"1","title":"a","kind":"password","secret":"hunter2"}]}' > /srv/vault.json
redoma credential import /srv/vault.json
redoma backup create || test $? = 3
redoma restore latest --source data --to /srv/back
cmp /srv/data/file "$(find /srv/back -type f -name file)"
/usr/lib/redoma/node_modules/.bin/node -e "import('/usr/lib/redoma/src/crypto/native.ts').then(({ nativeFileCalls, nativePrimitives, loadDatagrams }) => { if (nativeFileCalls() && nativePrimitives() && loadDatagrams()) console.log('native calls work') })"
redoma install
# Nothing of what ran may lie where the package's files do.
test "$(dpkg --verify redoma)" = ""
test ! -e /usr/lib/redoma/node_modules/.cache
dpkg --install --force-depends ${deb}
redoma backup snapshots && test -e /var/lib/redoma/instance.key && echo 'the instance stays'
dpkg --remove redoma
test ! -e /usr/lib/redoma && test ! -e /usr/bin/redoma && test -e /var/lib/redoma/instance.key && echo 'the instance stays'
dpkg --purge redoma
test ! -e /var/cache/redoma && test -e /var/lib/redoma/catalogue.sqlite && echo 'the instance stays'
`
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}
