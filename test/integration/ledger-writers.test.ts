import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { verifyLedger } from '../../src/bundle/ledger/verify-ledger.ts'
import { Secret } from '../../src/core/secret.ts'
import { publicKeyLine } from '../../src/crypto/ssh-signature.ts'
import { anInstance } from '../support/instance.ts'
import { endOf } from '../support/redoma.ts'

const program = join(import.meta.dirname, '../support/record-in-ledger.ts')
const linesOfEach = 12

test('several processes write one ledger at the same time, one of them killed, and it has every line that was acknowledged, in one chain', async () => {
  await using instance = await anInstance()
  const { catalogue, clock, home } = instance
  const nas = join(home, 'nas')
  await mkdir(nas)
  await catalogue.destinations.add({
    id: 'c0ffee00-0000-4000-8000-000000000001',
    name: 'nas',
    spec: { kind: 'local', path: nas },
    repositoryPassword: new Secret('x'),
    createdAt: clock.now(),
    runsBefore: 0,
  })
  const begin = (name: string): ChildProcess =>
    spawn(process.execPath, [program, home, name, `${linesOfEach}`], { stdio: ['ignore', 'pipe', 'pipe'] })
  const unlucky = begin('unlucky')
  unlucky.stdout?.on('data', () => {
    // In the midst of the next line, most likely.
    setTimeout(() => unlucky.kill('SIGKILL'), 5)
  })

  const all = await Promise.all([...['a', 'b', 'c'].map(begin), unlucky].map(endOf))

  for (const { code, stderr } of all.slice(0, 3)) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(all[3]?.code).toBeNull()
  const ledger = await readFile(join(nas, 'ledger.jsonl'))
  const publicKey = publicKeyLine(await catalogue.signingKey(), '')
  const { entries, findings } = verifyLedger(ledger, { instance: catalogue.instance.id, publicKey })
  expect(findings).toEqual([])
  const listed = entries.map(({ object }) => object.replace(/^secrets\/|\.age$/g, ''))
  const acknowledged = all.flatMap(({ stdout }) =>
    stdout
      .trim()
      .split('\n')
      .filter((line) => line !== ''),
  )
  expect(acknowledged.length).toBeGreaterThan(3 * linesOfEach)
  // No word of a ledger that was found another than it was left: they did not disturb each other.
  expect(acknowledged.filter((line) => / ./.test(line))).toEqual([])
  expect(acknowledged.filter((line) => !listed.includes(line.trim()))).toEqual([])
}, 120_000)
