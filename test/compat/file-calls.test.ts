import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nativeFileCalls } from '../../src/crypto/native.ts'
import { portableFileCalls } from '../../src/crypto/portable.ts'
import { programMissing } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const calls = nativeFileCalls() ?? portableFileCalls()
const isRoot = process.getuid?.() === 0
const run = (program: string, ...words: string[]) => execFileSync(program, words).toString()

/** All attributes of one file, set anew on another: what a backup and a restore do. */
function copyAttributes(from: string, to: string): void {
  for (const name of calls.listExtendedAttributes(Buffer.from(from))) {
    calls.setExtendedAttribute(Buffer.from(to), name, calls.getExtendedAttribute(Buffer.from(from), name))
  }
}

async function twoFiles() {
  const folder = await temporaryFolder()
  const [from, to] = [join(folder.path, 'from'), join(folder.path, 'to')]
  writeFileSync(from, '')
  writeFileSync(to, '')
  return { from, to, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

describe.skipIf(!calls.extendedAttributes)('the native file calls', () => {
  test.skipIf(programMissing('setfattr'))(
    'read what setfattr wrote, and write what getfattr reads',
    async () => {
      await using files = await twoFiles()
      run('setfattr', '-n', 'user.note', '-v', '0x00ff0a', files.from)

      copyAttributes(files.from, files.to)

      expect(run('getfattr', '--absolute-names', '-d', '-e', 'hex', files.to)).toContain('user.note=0x00ff0a')
    },
  )

  test.skipIf(programMissing('setfacl'))('carry access control lists', async () => {
    await using files = await twoFiles()
    run('setfacl', '-m', 'u:12345:rw,g:54321:r', files.from)

    copyAttributes(files.from, files.to)

    const acl = (path: string) => run('getfacl', '--absolute-names', '--omit-header', '--numeric', path)
    expect(acl(files.to)).toContain('user:12345:rw-')
    expect(acl(files.to)).toBe(acl(files.from))
  })

  test.skipIf(programMissing('setcap') || !isRoot)('carry capabilities', async () => {
    await using files = await twoFiles()
    run('setcap', 'cap_net_bind_service=+ep', files.from)

    copyAttributes(files.from, files.to)

    expect(run('getcap', files.to)).toContain('cap_net_bind_service=ep')
  })

  test('set times that stat shows to the nanosecond', async () => {
    await using files = await twoFiles()

    calls.setTimes(Buffer.from(files.to), 1_000_000_000_000_000_001n, 1_732_305_621_785_372_019n)

    const [accessed, modified] = run('stat', '-c', '%x %X/%y %Y', files.to).split('/')
    expect(accessed).toMatch(/\.000000001 .* 1000000000$/)
    expect(modified).toMatch(/\.785372019 .* 1732305621\n$/)
  })
})
