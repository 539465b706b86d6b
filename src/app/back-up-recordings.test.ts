import { appendFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { copySamples, recordingsSetUp, settle } from '../../test/support/recordings-set-up.ts'
import { digestsOf } from '../../test/support/same-files.ts'
import { seededBytes } from '../../test/support/seeded-bytes.ts'
import { RedomaError } from '../core/errors.ts'
import { memoryDestination } from '../destinations/memory.ts'
import { type Destination, type ObjectName, parseObjectName } from '../ports/destination.ts'

const cast = '{"version":2,"width":80,"height":24,"timestamp":1795378620,"title":"hush"}\n[0.5,"o","a"]\n'

test('every sample is sealed, listed, in the ledger, and comes back the same', async () => {
  await using setUp = await recordingsSetUp()
  await copySamples(setUp)
  const objects = new Map<ObjectName, Uint8Array>()
  const destination = memoryDestination(objects)

  const part = await setUp.backUp(destination)

  expect(part).toMatchObject({ outcome: { kind: 'done' }, figures: { items: 11, itemsNew: 11 } })
  const copies = await setUp.copies()
  expect(copies.map((copy) => copy.summary['format']).toSorted()).toEqual([
    'asciicast-v2',
    'asciicast-v2',
    'guacamole',
    'guacamole',
    'opaque',
    'script-advanced',
    'script-classic',
    'sudo-io',
    'tlog',
    'ttyrec',
    'ttyrec',
  ])
  const ledger = Buffer.from(objects.get(parseObjectName('ledger.jsonl')) ?? []).toString()
  const opened: string[] = []
  for (const copy of copies) {
    expect(ledger).toContain(`${copy.folder}/original.age`)
    // A recipient that was exchanged shows in what the instance signed.
    expect(ledger).toContain(`"fingerprint":"${'f'.repeat(64)}"`)
    const { path } = await setUp.open(destination, copy, join(setUp.scratch, copy.recordingId))
    opened.push(...Object.values(await digestsOf(path)))
  }
  // sudo's counter is no recording.
  await rm(join(setUp.sessions, 'sudo-io/seq'))
  expect(opened.toSorted()).toEqual(Object.values(await digestsOf(setUp.sessions)).toSorted())
})

test.each([
  ['one file', ['session.bin']],
  ['two files', ['session.log', 'session.timing']],
])('a recording of many megabytes in %s comes back byte for byte', async (_what, names) => {
  await using setUp = await recordingsSetUp()
  for (const [seed, name] of names.entries())
    await writeFile(join(setUp.sessions, name), seededBytes(seed, 7 * 1024 * 1024 + 5))
  settle(setUp.instance)
  const destination = memoryDestination()

  await setUp.backUp(destination)

  const [copy] = await setUp.copies()
  if (copy === undefined) throw new Error('nothing was sealed')
  const { path } = await setUp.open(destination, copy, join(setUp.scratch, 'opened'))
  expect(await readdir(path).catch(() => names)).toEqual(names)
  expect(Object.values(await digestsOf(path))).toEqual(Object.values(await digestsOf(setUp.sessions)))
})

test('what is typed, who typed it and what files are called is nowhere in clear', async () => {
  await using setUp = await recordingsSetUp()
  await copySamples(setUp)
  const objects = new Map<ObjectName, Uint8Array>()

  await setUp.backUp(memoryDestination(objects))

  const everything = [...objects]
    .map(([name, bytes]) => name + Buffer.from(bytes).toString('latin1'))
    .join('')
  const summaries = JSON.stringify((await setUp.copies()).map((copy) => copy.summary))
  // Long enough, and no hexadecimal digits, lest random bytes spell them.
  for (const word of ['alice@db01', 'nobody', 'bastion01', '--norc', 'asciinema', 'xterm-256', 'typescript'])
    expect([word, everything.includes(word), summaries.includes(word)]).toEqual([word, false, false])
})

test('a second run seals nothing again', async () => {
  await using setUp = await recordingsSetUp()
  await copySamples(setUp)
  const objects = new Map<ObjectName, Uint8Array>()
  const destination = memoryDestination(objects)
  const first = await setUp.backUp(destination)
  const names = [...objects.keys()]

  const second = await setUp.backUp(destination)

  expect(second.figures).toEqual({ ...first.figures, itemsNew: 0, bytesStored: 0 })
  expect([...objects.keys()]).toEqual(names)
})

test('a recording that still grows waits until it has settled', async () => {
  await using setUp = await recordingsSetUp()
  const destination = memoryDestination()
  setUp.instance.clock.advance(Date.now() - setUp.instance.clock.now().getTime())
  await writeFile(join(setUp.sessions, 'a.cast'), cast)

  expect((await setUp.backUp(destination)).figures.itemsNew).toBe(0)
  settle(setUp.instance)
  expect((await setUp.backUp(destination)).figures.itemsNew).toBe(1)
})

test('one that changed after sealing is sealed again beside the first, with a warning', async () => {
  await using setUp = await recordingsSetUp()
  const destination = memoryDestination()
  const path = join(setUp.sessions, 'a.cast')
  await writeFile(path, cast)
  settle(setUp.instance)
  await setUp.backUp(destination)
  await appendFile(path, '[1.5,"o","tampered"]\n')
  settle(setUp.instance)

  const part = await setUp.backUp(destination)

  expect(part.outcome).toMatchObject({
    kind: 'done-with-warnings',
    warnings: [expect.stringMatching('a.cast changed after it was sealed')],
  })
  const [first, second] = await setUp.copies()
  expect(second?.recordingId).toBe(`${first?.recordingId ?? ''}-2`)
  const contents = [cast, `${cast}[1.5,"o","tampered"]\n`]
  for (const [index, copy] of (await setUp.copies()).entries()) {
    const { path: opened } = await setUp.open(destination, copy, join(setUp.scratch, String(index)))
    expect(await readFile(opened, 'utf8')).toBe(contents[index])
  }
  expect((await setUp.backUp(destination)).outcome.kind).toBe('done')
})

test('a recording that changes while it is read is left for the next run', async () => {
  await using setUp = await recordingsSetUp()
  const path = join(setUp.sessions, 'a.cast')
  await writeFile(path, cast)
  await writeFile(join(setUp.sessions, 'b.cast'), cast)
  settle(setUp.instance)
  const inner = memoryDestination()
  let isFirst = true
  const destination: Destination = {
    ...inner,
    async put(name, body, signal) {
      if (isFirst) await appendFile(path, '[9,"o","late"]\n')
      isFirst = false
      await inner.put(name, body, signal)
    },
  }

  const part = await setUp.backUp(destination)

  expect(part.outcome).toMatchObject({
    warnings: [expect.stringMatching('a.cast: it changed while it was read')],
  })
  expect(await setUp.copies()).toHaveLength(1)
  settle(setUp.instance)
  expect((await setUp.backUp(destination)).outcome.kind).toBe('done')
  expect(await setUp.copies()).toHaveLength(2)
})

test('a copy that is gone from the destination is sealed again, and one unknown to the catalogue is not written over', async () => {
  await using setUp = await recordingsSetUp()
  await writeFile(join(setUp.sessions, 'a.cast'), cast)
  settle(setUp.instance)
  await setUp.backUp(memoryDestination())

  const empty = new Map<ObjectName, Uint8Array>()
  const part = await setUp.backUp(memoryDestination(empty))
  expect(JSON.stringify(part.outcome)).toContain('is gone from the destination')

  const [first] = await setUp.copies()
  const orphan = parseObjectName(`${first?.folder ?? ''}-3/meta.age`)
  const objects = new Map([[orphan, Buffer.from('unknown')]])
  await setUp.backUp(memoryDestination(objects))
  expect(objects.get(orphan)?.toString()).toBe('unknown')
  expect((await setUp.copies()).map((copy) => copy.recordingId.split('-')[1])).toEqual([undefined, '2', '4'])
})

test('copies that the ledger could not be told of are named, and the next run makes them again', async () => {
  await using setUp = await recordingsSetUp()
  await writeFile(join(setUp.sessions, 'a.cast'), cast)
  settle(setUp.instance)
  const objects = new Map<ObjectName, Uint8Array>()
  const destination = memoryDestination(objects)
  const refusing: Destination = {
    ...destination,
    put: (name, body, signal) =>
      name === 'ledger.jsonl'
        ? Promise.reject(new RedomaError('DESTINATION_FULL', 'there is no room'))
        : destination.put(name, body, signal),
  }

  const { outcome } = await setUp.backUp(refusing)
  const again = await setUp.backUp(destination)

  const whole = [...objects.keys()].filter((name) => name.endsWith('/meta.age'))
  const [copy] = await setUp.copies()
  const orphan = whole.map((name) => name.replace('/meta.age', '')).find((at) => at !== copy?.folder)
  expect(whole).toHaveLength(2)
  expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'DESTINATION_FULL' } })
  expect(outcome.kind === 'failed' && outcome.failure.message).toContain(orphan)
  expect(again).toMatchObject({ outcome: { kind: 'done' }, figures: { itemsNew: 1 } })
})

test('without a ceremony the part fails and says how to hold one', async () => {
  await using setUp = await recordingsSetUp()
  const { catalogue } = setUp.instance
  const part = await setUp.backUp(memoryDestination())
  expect(part.outcome.kind).toBe('done')

  await using bare = await recordingsSetUp()
  bare.instance.catalogue.generations.current = async () => undefined
  const failed = await bare.backUp(memoryDestination())
  expect(failed.outcome).toMatchObject({ kind: 'failed', failure: { code: 'CEREMONY_MISSING' } })
  expect(await catalogue.generations.current()).toBeDefined()
})

test('a source that is not there is a failed part', async () => {
  await using setUp = await recordingsSetUp()
  await rm(setUp.sessions, { recursive: true })

  const part = await setUp.backUp(memoryDestination())

  expect(part.outcome).toMatchObject({ kind: 'failed', failure: { code: 'SOURCE_UNREADABLE' } })
})

test('names that are not UTF-8, or the same when shown, keep their bytes', async () => {
  await using setUp = await recordingsSetUp()
  const folder = Buffer.from(join(setUp.sessions, '11111111-2222-4333-8444-555555555555/'))
  await mkdir(folder)
  for (const name of [Buffer.from('recording'), Buffer.from([0xff]), Buffer.from('%FF')])
    await writeFile(Buffer.concat([folder, name]), name)
  settle(setUp.instance)
  const destination = memoryDestination()
  await setUp.backUp(destination)

  const [copy] = await setUp.copies()
  if (copy === undefined) throw new Error('nothing was sealed')
  const { meta, path } = await setUp.open(destination, copy, join(setUp.scratch, 'opened'))
  const names = await readdir(path, { encoding: 'buffer' })
  expect(names.map((name) => name.toString('latin1')).toSorted()).toEqual(['%FF', 'recording', '\xff'])
  expect(meta.parts.map(({ name, nameBytes }) => [name, nameBytes])).toEqual([
    ['%FF', undefined],
    ['recording', undefined],
    ['part-3', '/w=='],
  ])
})

test('nothing is overwritten, and nothing stays where the copy is damaged or the key another', async () => {
  await using setUp = await recordingsSetUp()
  await writeFile(join(setUp.sessions, 'a.cast'), cast)
  settle(setUp.instance)
  const objects = new Map<ObjectName, Uint8Array>()
  const destination = memoryDestination(objects)
  await setUp.backUp(destination)
  const [copy] = await setUp.copies()
  if (copy === undefined) throw new Error('nothing was sealed')
  const there = join(setUp.scratch, 'there')
  await writeFile(there, 'mine')

  await expect(setUp.open(destination, copy, there)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  await using other = await recordingsSetUp()
  await expect(other.open(destination, copy, join(setUp.scratch, 'x'))).rejects.toMatchObject({
    code: 'KEY_WRONG',
  })
  objects.get(parseObjectName(`${copy.folder}/original.age`))?.fill(0, -3)
  await expect(setUp.open(destination, copy, join(setUp.scratch, 'x'))).rejects.toMatchObject({
    code: 'DATA_DAMAGED',
  })
  expect(await digestsOf(setUp.scratch)).toHaveProperty('there')
  expect(await readdir(setUp.scratch)).toEqual(['there'])
})

test('a recording is opened from the next destination where the first has lost, damaged or forgotten it', async () => {
  await using setUp = await recordingsSetUp()
  await writeFile(join(setUp.sessions, 'a.cast'), cast)
  settle(setUp.instance)
  const objects = new Map<ObjectName, Uint8Array>()
  const whole = memoryDestination(objects)
  await setUp.backUp(whole)
  const [copy] = await setUp.copies()
  if (copy === undefined) throw new Error('nothing was sealed')
  const flipped = [...objects].map(([name, bytes]) => [name, bytes.map((byte) => byte ^ 1)] as const)
  const [empty, damaged] = [memoryDestination(), memoryDestination(new Map(flipped))]
  const lost: Destination = {
    ...empty,
    get() {
      throw new RedomaError('DESTINATION_UNREACHABLE', 'it is gone')
    },
  }

  const { path } = await setUp.open([lost, empty, damaged, whole], copy, join(setUp.scratch, 'opened'))

  expect(await readFile(path, 'utf8')).toBe(cast)
  await expect(setUp.open([lost, empty], copy, join(setUp.scratch, 'x'))).rejects.toMatchObject({
    code: 'DESTINATION_UNREACHABLE',
  })
  expect(await readdir(setUp.scratch)).toEqual(['opened'])
})

test('a folder that leads into the instance is not read, whatever it was when the source was added', async () => {
  await using setUp = await recordingsSetUp()
  await rm(setUp.sessions, { recursive: true })
  await symlink(setUp.instance.home, setUp.sessions)
  const objects = new Map<ObjectName, Uint8Array>()

  const part = await setUp.backUp(memoryDestination(objects))

  expect(part.outcome).toMatchObject({ kind: 'failed', failure: { code: 'USAGE' } })
  expect(objects.size).toBe(0)
})
