import { expect, test } from 'vitest'
import type { DestinationSpec } from '../ports/destination-spec.ts'
import { requireKnownHost } from './require-known-host.ts'

const known = new Set(['nas', 's3.example.org'])
const machine = { addressesOf: async (host: string) => (known.has(host) ? ['192.0.2.1'] : []) }

const rsync = { kind: 'rsync', user: 'u', host: 'nas', port: 22, folder: '', hostKeys: [], writeOnly: false }
const s3 = { kind: 's3', endpoint: 'https://s3.example.org', bucket: 'copies', style: 'path' }

test.each([
  { kind: 'local', path: '/srv' },
  { kind: 'cifs', host: 'nas', share: 's', path: '' },
  { kind: 'nfs', host: 'nas', path: '/x' },
  rsync,
  // Whom only the jump host has to know.
  { ...rsync, host: 'inside', jump: 'u@nas:22' },
  s3,
])('a place is asked for where its host is known: %j', async (spec) => {
  await expect(requireKnownHost(machine, spec as unknown as DestinationSpec)).resolves.toBeUndefined()
})

test.each([
  { kind: 'cifs', host: 'nsa', share: 's', path: '' },
  { kind: 'nfs', host: 'nsa', path: '/x' },
  { ...rsync, host: 'nsa' },
  { ...rsync, jump: 'u@nsa:22' },
  { ...s3, endpoint: 'https://s3.exmaple.org' },
  { ...s3, style: 'virtual' },
])('a name that nobody knows is told at once: %j', async (spec) => {
  await expect(requireKnownHost(machine, spec as unknown as DestinationSpec)).rejects.toMatchObject({
    code: 'DESTINATION_UNREACHABLE',
    message: expect.stringContaining('nobody knows a host') as string,
  })
})
