import { describe, expect, test } from 'vitest'
import { parseConfig } from './parse-config.ts'

describe('parseConfig', () => {
  test('reads destinations and sources', () => {
    const text = `schema: redoma-config/1
destinations:
  - { name: nas, kind: local, path: /mnt/nas }
sources:
  - name: vault
    kind: command
    argv: [/bin/export]
`

    expect(parseConfig(text)).toEqual({
      destinations: [{ name: 'nas', spec: { kind: 'local', path: '/mnt/nas' } }],
      sources: [{ name: 'vault', spec: { kind: 'command', argv: ['/bin/export'] } }],
    })
  })

  test('reads scopes, and says nothing of them where the file does not', () => {
    const text = `schema: redoma-config/1
scopes:
  - { name: network, folders: [/network/], tags: [router] }
  - { name: finance, owners: [Ana], exclusive: true, ownKey: true }
`
    const nothing = { folders: [], tags: [], owners: [], isExclusive: false, hasOwnKey: false }

    expect(parseConfig(text).scopes).toEqual([
      { name: 'network', spec: { ...nothing, folders: ['network'], tags: ['router'] } },
      { name: 'finance', spec: { ...nothing, owners: ['Ana'], isExclusive: true, hasOwnKey: true } },
    ])
    expect(parseConfig('schema: redoma-config/1\n').scopes).toBeUndefined()
  })

  test.each([
    ['schema: other/1\n', 'line 1'],
    ['schema: redoma-config/1\ndestinations:\n  - name: nas\n    kind: local\n    path: mnt\n', 'line 5'],
    ['schema: redoma-config/1\nsources:\n  - name: x\n    kind: local\n', 'line 4'],
    ['schema: redoma-config/1\nscopes:\n  - name: x\n    folder: [y]\n', 'line 3'],
    ['schema: redoma-config/1\ntimestamps:\n  authority: https://me:secret@tsa\n', 'line 3'],
    ['schema: redoma-config/1\nsurces: []\n', 'line 1'],
    ['schema: [\n', 'line'],
    ['schema: redoma-config/1\nsources: &a [{name: x}]\ndestinations: *a\n', 'line 3: aliases'],
  ])('says in which line a file is wrong: %j', (text, line) => {
    expect(() => parseConfig(text)).toThrow(line)
  })
})
