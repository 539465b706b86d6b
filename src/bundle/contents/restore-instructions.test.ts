import { expect, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { restoreInstructions } from './restore-instructions.ts'

test('the instructions have the same commands in both languages, and ask for the snapshots of this host at every destination, since others may join the repository', () => {
  const place = { spec: { kind: 'local', path: '/mnt/nas' }, password: new Secret('x') } as const
  const input = {
    sequence: 1,
    time: new Date(0),
    instance: { id: 'an-id', name: 'pam' },
    generation: { number: 1, fingerprint: 'f' },
    records: [],
    instanceKeyHex: new Secret('ab'),
    signingPublicKey: 'ssh-ed25519 AAAA',
    leftOut: [],
    systemSources: ['etc'],
  }

  const own = restoreInstructions({
    ...input,
    repositories: [{ ...place, destination: 'own', prefix: 'system/', host: 'pam-1' }],
  })
  const shared = restoreInstructions({
    ...input,
    repositories: [{ ...place, destination: 'shared', prefix: '', host: "o'brien" }],
  })

  const [english = '', portuguese = ''] = own.split('PARA RESTAURAR')
  const commands = (text: string): string[] =>
    text.split('\n').filter((line) => /^ {4}(export REDOMA_HOME|install|\(umask|head| {2}-n)/.test(line))
  expect(commands(english)).toHaveLength(6)
  expect(commands(portuguese)).toEqual(commands(english))
  expect(own).toContain("RESTIC_REPOSITORY='/mnt/nas/system'")
  expect(own).toContain("restic snapshots --host 'pam-1'")
  expect(own).toContain("restic restore latest --host 'pam-1' --tag 'source:etc' --target")
  expect(shared).toContain("RESTIC_REPOSITORY='/mnt/nas'")
  expect(shared).toContain("restic restore latest --host 'o'\\''brien' --tag 'source:instance' --target")
})
