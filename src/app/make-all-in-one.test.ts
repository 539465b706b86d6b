import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memoryFolder } from '../../test/support/temporary-folder.ts'
import { makeMakeAllInOne } from './make-all-in-one.ts'

const html = '<body>\n<!--files-->\n<script>run()</script>\n</body>\n'
const makeAllInOne = makeMakeAllInOne({ openHtml: async () => new TextEncoder().encode(html) })

async function destination(path: string, names: readonly string[]): Promise<void> {
  await mkdir(join(path, 'secrets'))
  for (const name of names) await writeFile(join(path, name), `content of ${name}`)
}

test('a bundle, all identities, lists of cards and the ledger go into one page, for its owner alone', async () => {
  await using folder = await memoryFolder()
  await destination(folder.path, [
    'ledger.jsonl',
    'secrets/bastion-20261124T221000Z-41.age',
    'secrets/bastion-20261124T221000Z-42.age',
    'secrets/identity.generation-1.password.age',
    'secrets/identity.quorum.age',
    'secrets/shares.json',
    'secrets/README.txt',
  ])
  const outPath = join(folder.path, 'page.html')

  const { files, path, bytes, sha256 } = await makeAllInOne({
    bundlePath: join(folder.path, 'secrets/bastion-20261124T221000Z-42.age'),
    outPath,
  })

  const page = await readFile(path, 'utf8')
  expect(files).toEqual([
    'bastion-20261124T221000Z-42.age',
    'identity.generation-1.password.age',
    'identity.quorum.age',
    'shares.json',
    'ledger.jsonl',
  ])
  expect(page).toContain(Buffer.from('content of secrets/identity.quorum.age').toString('base64'))
  expect(sha256).toBe(createHash('sha256').update(page).digest('hex'))
  expect(await stat(path)).toMatchObject({ size: bytes, mode: 0o100600 })
})

test('a named pipe among what is to go into a page is refused, and not waited for', async () => {
  await using folder = await memoryFolder()
  await destination(folder.path, ['secrets/one.age', 'secrets/identity.password.age'])
  execFileSync('mkfifo', [join(folder.path, 'ledger.jsonl')])
  const outPath = join(folder.path, 'new.html')

  const made = makeAllInOne({ bundlePath: join(folder.path, 'secrets/one.age'), outPath })

  await expect(made).rejects.toMatchObject({ code: 'FILE_FAILED' })
  await expect(stat(outPath)).rejects.toThrow('ENOENT')
})

test('without an identity file beside the bundle, or over a file that is there, no page is made', async () => {
  await using folder = await memoryFolder()
  await destination(folder.path, ['secrets/one.age', 'page.html'])
  const bundlePath = join(folder.path, 'secrets/one.age')
  const missing = makeAllInOne({ bundlePath, outPath: join(folder.path, 'new.html') })
  await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND' })

  await writeFile(join(folder.path, 'secrets/identity.password.age'), '')
  const over = makeAllInOne({ bundlePath, outPath: join(folder.path, 'page.html') })

  await expect(over).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  expect(await readFile(join(folder.path, 'page.html'), 'utf8')).toBe('content of page.html')
})
