import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeLedger, extendLedger } from '../../src/bundle/ledger/extend-ledger.ts'
import { generateSigningKey, publicKeyLine } from '../../src/crypto/ssh-signature.ts'
import type { LedgerLine } from '../../src/ports/catalogue.ts'
import { parseObjectName } from '../../src/ports/destination.ts'
import { programMissing } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const instance = '1fd2e2a8-6e0c-4d5b-9a43-0d4b1c7c2a11'

/** As docs/formats/ledger.md and the restore instructions in every bundle say it. */
const stockCheck = `head -n -1 ledger.jsonl | ssh-keygen -Y verify -f allowed_signers -I ${instance} \
  -n redoma-ledger -s <(tail -n 1 ledger.jsonl | sed 's/.*"signature":"\\([^"]*\\)".*/\\1/; s/\\\\n/\\n/g')`

async function writeLedger(folder: string, harm = (ledger: Uint8Array) => ledger): Promise<void> {
  const signingKey = generateSigningKey()
  const writer = { instance, signingKey, time: new Date('2026-03-01T05:00:00Z') }
  const lines: LedgerLine[] = []
  for (const name of ['one', 'two']) {
    const object = parseObjectName(`secrets/${name}.age`)
    const draft = {
      event: 'put',
      kind: 'bundle',
      object,
      bytes: 1,
      sha256: 'a'.repeat(64),
      detail: {},
    } as const
    lines.push(...extendLedger(lines, [draft], writer))
  }
  const [type, key] = publicKeyLine(signingKey, '').split(' ')
  const signer = `${instance} namespaces="redoma-ledger" ${type ?? ''} ${key ?? ''}\n`
  await writeFile(join(folder, 'allowed_signers'), signer)
  await writeFile(join(folder, 'ledger.jsonl'), harm(encodeLedger(lines)))
}

function check(folder: string): string {
  return execFileSync('bash', ['-c', stockCheck], { cwd: folder, stdio: 'pipe' }).toString()
}

describe.skipIf(programMissing('ssh-keygen'))('ssh-keygen', () => {
  test('accepts a ledger, by the command that is documented', async () => {
    await using folder = await temporaryFolder()
    await writeLedger(folder.path)

    expect(check(folder.path)).toContain('Good "redoma-ledger" signature')
  })

  test('refuses one of which a single byte was altered', async () => {
    await using folder = await temporaryFolder()
    await writeLedger(folder.path, (ledger) => ledger.fill(0x62, 60, 61))

    expect(() => check(folder.path)).toThrow()
  })
})
