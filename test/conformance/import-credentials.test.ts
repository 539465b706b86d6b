import { createReadStream } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type ImportRequest, makeImportCredentials } from '../../src/app/import-credentials.ts'
import { encodeCredentialWhole } from '../../src/ports/credential-json.ts'
import { noProgress } from '../../src/ports/progress.ts'
import { readerFor } from '../../src/sources/reader-for.ts'
import { anInstance, everythingOnDisk, type TestInstance } from '../support/instance.ts'

const samplePath = new URL('../../demo-data/sample-vault.json', import.meta.url)
const signal = new AbortController().signal
const good = '{"id":"1","title":"one","kind":"password","secret":"s"}'
const bad = '{"id":"2","title":"two","kind":"hunter2"}'

describe('importing credentials', () => {
  test('takes over the sample vault, and a second time changes nothing', async () => {
    await using instance = await anInstance()
    const importing = () => importInto(instance, { file: createReadStream(samplePath) })

    expect(await importing()).toEqual({ added: 200, changed: 0, unchanged: 0, bad: [], applied: true })
    expect(await importing()).toEqual({ added: 0, changed: 0, unchanged: 200, bad: [], applied: true })

    const sample = JSON.parse(await textOf(createReadStream(samplePath))) as { credentials: { id: string }[] }
    const byId = new Map(sample.credentials.map((credential) => [credential.id, credential]))
    for await (const record of instance.catalogue.credentials.records()) {
      expect(await encodeCredentialWhole(record)).toEqual(byId.get(record.id))
    }
    expect(await everythingOnDisk(instance.home)).not.toMatch(/FAKE[A-Z2-7]{12}/)
    expect((await instance.catalogue.audit.list(9)).map(({ detail }) => detail)).toEqual([
      '0 added, 0 changed, 200 unchanged, 0 bad',
      '200 added, 0 changed, 0 unchanged, 0 bad',
    ])
  })

  test('tells of a bad row, without its value, and goes on', async () => {
    await using instance = await anInstance()

    const report = await importInto(instance, { file: listOf(bad, good, good) })

    expect(report).toMatchObject({ added: 1, applied: true })
    expect(report.bad).toEqual([
      { line: 1, reason: expect.stringMatching(/^kind: /) as string },
      { line: 3, reason: 'has the id of line 2' },
    ])
    expect(JSON.stringify(report)).not.toContain('hunter2')
  })

  test.each([
    ['strict and a row is bad', { strict: true, file: () => listOf(good, bad) }],
    ['only a dry run', { dryRun: true, file: () => listOf(good) }],
  ])('leaves the catalogue as it was when it is %s', async (_, { file, ...request }) => {
    await using instance = await anInstance()

    const report = await importInto(instance, { ...request, file: file() })

    expect(report).toMatchObject({ added: 1, applied: false })
    expect(await instance.catalogue.credentials.list()).toEqual([])
    expect(await instance.catalogue.audit.list(1)).toEqual([])
  })

  test('refuses a file that is something else', async () => {
    await using instance = await anInstance()

    const importing = importInto(instance, { file: textFile('{"credentials":[]}') })

    await expect(importing).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  })
})

function importInto(
  { catalogue, clock }: TestInstance,
  request: Pick<ImportRequest, 'file'> & Partial<ImportRequest>,
) {
  const importCredentials = makeImportCredentials({ catalogue, clock, actor: 'tester', readerFor })
  const usual = { format: { kind: 'redoma-json' }, name: 'file.json', strict: false, dryRun: false } as const
  return importCredentials({ ...usual, ...request }, noProgress, signal)
}

function listOf(...credentials: string[]): AsyncIterable<Uint8Array> {
  return textFile(`{"schema":"redoma-credentials/1","credentials":[${credentials.join(',')}]}`)
}

async function* textFile(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

async function textOf(file: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(file)).toString()
}
