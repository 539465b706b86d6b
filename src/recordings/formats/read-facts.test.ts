import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { findRecordings, openRecordingsFolder } from '../source/find-recordings.ts'
import { readableName } from '../source/raw-name.ts'
import type { RecordingFacts } from './format.ts'
import { readFacts } from './read-facts.ts'

const vectors = join(import.meta.dirname, '../../../test/vectors/recordings')
const { signal } = new AbortController()

/** What was found in a folder: path, number of files, facts. */
async function survey(path: string): Promise<Map<string, RecordingFacts & { files: number }>> {
  const folder = await openRecordingsFolder(path)
  const found = new Map<string, RecordingFacts & { files: number }>()
  const noProblem = (at: string, error: unknown): void => {
    throw new Error(at, { cause: error })
  }
  for await (const recording of findRecordings(folder, noProblem, signal)) {
    const facts = await readFacts(folder, recording, signal)
    found.set(readableName(recording.path), { ...facts, files: recording.files.length })
  }
  return found
}

test('every sample is recognised, and its files are one recording', async () => {
  const found = await survey(vectors)

  const seen = [...found].map(([path, { format, files }]) => `${path} ${format} ${files}`)
  expect(seen.toSorted()).toEqual([
    'README.md opaque 1',
    'asciinema-v2.cast asciicast-v2 1',
    'bastion.cast asciicast-v2 2',
    'guacamole/11111111-2222-4333-8444-555555555555 guacamole 3',
    'guacamole/22222222-2222-4333-8444-555555555555 guacamole 1',
    'one.ttyrec ttyrec 1',
    'script-advanced.in script-advanced 3',
    'script-classic.log script-classic 2',
    'sudo-io/nobody/20261122/00/00/01 sudo-io 8',
    'tlog.ndjson tlog 1',
    'two.ttyrec.gz ttyrec 1',
  ])
  for (const [path, { problems }] of found) expect([path, problems]).toEqual([path, []])
})

test('beginning and length of every sample are read', async () => {
  const found = await survey(vectors)

  const times = [...found].map(([path, { startedAt, durationSeconds }]) => [
    path,
    startedAt?.toISOString(),
    durationSeconds,
  ])
  expect(times.toSorted()).toMatchInlineSnapshot(`
    [
      [
        "README.md",
        undefined,
        undefined,
      ],
      [
        "asciinema-v2.cast",
        "2026-11-22T20:17:00.000Z",
        1.855,
      ],
      [
        "bastion.cast",
        "2026-11-22T20:26:43.000Z",
        1.523,
      ],
      [
        "guacamole/11111111-2222-4333-8444-555555555555",
        undefined,
        7.262,
      ],
      [
        "guacamole/22222222-2222-4333-8444-555555555555",
        undefined,
        11.682,
      ],
      [
        "one.ttyrec",
        "2026-11-22T20:18:37.350Z",
        1.881,
      ],
      [
        "script-advanced.in",
        "2026-11-22T20:16:58.000Z",
        1.843,
      ],
      [
        "script-classic.log",
        "2026-11-22T20:16:56.000Z",
        1.835,
      ],
      [
        "sudo-io/nobody/20261122/00/00/01",
        "2026-11-22T20:18:41.284Z",
        3.488,
      ],
      [
        "tlog.ndjson",
        "2026-11-22T20:25:21.088Z",
        1.895,
      ],
      [
        "two.ttyrec.gz",
        "2026-11-22T20:18:39.284Z",
        1.873,
      ],
    ]
  `)
})

test('what the samples say of user, host and command is among the details', async () => {
  const found = await survey(vectors)

  expect(found.get('sudo-io/nobody/20261122/00/00/01')?.details).toMatchObject({
    submituser: 'nobody',
    runuser: 'root',
    submithost: 'bastion01',
    command: '/bin/bash',
  })
  expect(found.get('tlog.ndjson')?.details).toMatchObject({ host: 'vm', user: 'root' })
  expect(found.get('asciinema-v2.cast')?.details).toMatchObject({
    width: 100,
    height: 30,
    title: 'alice@db01 via bastion',
  })
  expect(found.get('bastion.cast')?.details).toMatchObject({ session: { user: 'bob', target: 'db01' } })
  expect(found.get('bastion.cast')?.endMark).toBe('ended')
  expect(found.get('script-advanced.in')?.details).toMatchObject({ COMMAND: '/root/work.sh' })
  expect(found.get('guacamole/11111111-2222-4333-8444-555555555555')?.details).toEqual({
    width: 1024,
    height: 768,
  })
})

test('asciicast v1 and v3 are read: one object, and times since the event before', async () => {
  await using folder = await temporaryFolder()
  const v1 = { version: 1, width: 80, height: 24, duration: 1.5, command: '/bin/sh', stdout: [[1.5, 'x']] }
  await writeFile(join(folder.path, 'one.json.cast'), JSON.stringify(v1))
  const v3 = `{"version":3,"term":{"cols":80,"rows":24},"timestamp":1795378620}\n# a comment\n[0.5,"o","a"]\n[1.25,"o","b"]\n[0.25,"x","0"]\n`
  await writeFile(join(folder.path, 'three.cast'), v3)

  const found = await survey(folder.path)

  expect(found.get('one.json.cast')).toMatchObject({ format: 'asciicast-v1', durationSeconds: 1.5 })
  expect(found.get('three.cast')).toMatchObject({ format: 'asciicast-v3', durationSeconds: 2, problems: [] })
})

test('a sidecar without an end says that the session goes on', async () => {
  await using folder = await temporaryFolder()
  await cp(join(vectors, 'asciinema-v2.cast'), join(folder.path, 's.cast'))
  await writeFile(join(folder.path, 's.json'), '{"user":"bob","start":1795379203659}')

  expect((await survey(folder.path)).get('s.cast')?.endMark).toBe('not-yet')
})

test('videos are known by their magic numbers', async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'a'), '\0\0\0\x20ftypisom')
  await writeFile(join(folder.path, 'b'), 'RIFF....AVI LIST')
  await writeFile(
    join(folder.path, 'c'),
    Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex'),
  )

  const found = await survey(folder.path)
  expect([...found.values()].map((facts) => facts.format)).toEqual(['mp4', 'avi', 'webm'])
})

test('symbolic links are not followed, and names that are not UTF-8 are found', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'real'))
  await writeFile(join(folder.path, 'outside'), 'x')
  await symlink('../outside', join(folder.path, 'real', 'link'))
  await symlink('/etc', join(folder.path, 'real', 'etc'))
  await writeFile(
    Buffer.concat([Buffer.from(join(folder.path, 'real/')), Buffer.from([0xff, 0x41, 0x0a])]),
    'y',
  )

  const found = await survey(join(folder.path, 'real'))
  expect([...found.keys()]).toEqual(['%FFA%0A'])
})

test('a folder that is not there is an unreadable source', async () => {
  await expect(openRecordingsFolder('/nonexistent')).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' })
})
