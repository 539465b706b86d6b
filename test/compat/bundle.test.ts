import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeOpenGlass } from '../../src/app/open-glass.ts'
import { readIdentities } from '../../src/crypto/age/identity-file.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { ObjectName } from '../../src/ports/destination.ts'
import { aCredential, aGlassWorld } from '../support/glass.ts'
import { programMissing } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { typePassword } from '../support/type-password.ts'

const isMissing = ['age', 'unzip', 'python3'].some((name) => programMissing(name))

describe.skipIf(isMissing)('with Redoma gone', () => {
  test('age and unzip open a bundle, with the identity file beside it and the password typed', async () => {
    await using world = await aGlassWorld()
    await using folder = await temporaryFolder()
    const objects = new Map<ObjectName, Uint8Array>()
    await world.backUp(memoryDestination(objects))
    for (const [name, bytes] of objects) {
      await writeFile(join(folder.path, name.replace('secrets/', '')), bytes)
    }
    const bundle = [...objects.keys()].find((name) => name.endsWith('-1.age'))?.replace('secrets/', '')
    await writeFile(join(folder.path, 'type.py'), typePassword)
    const command = ['age', '-d', '-i', 'identity.password.age', '-o', 'bundle.zip', bundle ?? '']
    const options = { cwd: folder.path, stdio: 'pipe', timeout: 60_000 } as const

    execFileSync('python3', ['type.py', ...command], {
      ...options,
      env: { ...process.env, PASSWORD: world.masterPassword.reveal() },
    })
    execFileSync('unzip', ['-t', 'bundle.zip'], options)
    execFileSync('unzip', ['-q', 'bundle.zip', '-d', 'bundle'], options)

    const read = (name: string) => readFile(join(folder.path, 'bundle', name), 'utf8')
    const { credentials } = JSON.parse(await read('secrets.json')) as { credentials: { secret: string }[] }
    expect(credentials.map(({ secret }) => secret)).toEqual(
      ['1', '2'].map((id) => aCredential(id).secret?.reveal()),
    )
    expect(await read('attachments/0002-Router_2/cle_.._privee.pem')).toBe('key of 2')
    expect(await read('secrets.csv')).toContain(`"=cmd|'/c calc'!A1 ""p;ä🔑 1"`)
    expect(await read('README.txt')).toContain('BREAK-GLASS BUNDLE 1 OF test')
    const bitwarden = JSON.parse(await read('bitwarden.json')) as { items: { login: { username: string } }[] }
    expect(bitwarden.items.map(({ login }) => login.username)).toEqual(['admin', 'admin'])
  })

  test('ssh-keygen checks the ledger by what the bundle holds', async () => {
    await using world = await aGlassWorld()
    await using folder = await temporaryFolder()
    const objects = new Map<ObjectName, Uint8Array>()
    await world.backUp(memoryDestination(objects))
    await writeFile(join(folder.path, 'ledger.jsonl'), objects.get('ledger.jsonl' as ObjectName) ?? '')
    await extractBundle(world, objects, join(folder.path, 'system-of'))

    const instructions = await readFile(
      join(folder.path, 'system-of/system/restore-instructions.txt'),
      'utf8',
    )
    const command = instructions
      .slice(instructions.indexOf('head -n -1'))
      .split('\n\n', 1)
      .join('')
      .replace('-f system/', '-f system-of/system/')
    const said = execFileSync('bash', ['-c', command], { cwd: folder.path, stdio: 'pipe' }).toString()

    expect(said).toContain('Good "redoma-ledger" signature')
  })
})

async function extractBundle(
  world: Awaited<ReturnType<typeof aGlassWorld>>,
  objects: ReadonlyMap<ObjectName, Uint8Array>,
  to: string,
): Promise<void> {
  const name = [...objects.keys()].find((one) => one.endsWith('-1.age'))
  const bundlePath = join(world.home, 'bundle.age')
  await writeFile(bundlePath, (name === undefined ? undefined : objects.get(name)) ?? '')
  const openGlass = makeOpenGlass({ primitives: loadPrimitives(), clock: world.clock })
  const identityFile = await readFile(join(world.ceremonyFolder, 'identity.password.age'))
  const signal = new AbortController().signal
  await using glass = await openGlass(
    { bundlePath, identities: () => readIdentities(identityFile, async () => world.masterPassword) },
    signal,
  )
  await glass.extractTo(to, signal)
}
