import { expect, test } from 'vitest'
import type { S3Client } from './client.ts'
import { listObjects } from './list-objects.ts'

const { signal } = new AbortController()
const limits = { objects: 10, emptyPages: 3 }

/** Answers one page after the other, each with a token of its own, and never the last. */
function endlessStore(
  keysOf: (page: number) => readonly string[],
): Pick<S3Client, 'spec' | 'call'> & { pages(): number } {
  let pages = 0
  return {
    spec: {
      kind: 's3',
      endpoint: 'https://store',
      bucket: 'copies',
      prefix: '',
      region: 'here',
      style: 'path',
    },
    async call() {
      const entries = keysOf(++pages).map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`)
      const more = `<IsTruncated>true</IsTruncated><NextContinuationToken>${pages}</NextContinuationToken>`
      const bytes = Buffer.from(`<ListBucketResult>${entries.join('')}${more}</ListBucketResult>`)
      return { refused: undefined, bytes, header: () => undefined }
    },
    pages: () => pages,
  }
}

test.each([
  ['of ever more objects', (page: number) => [`data/${page}a`, `data/${page}b`], 6],
  ['of pages with nothing on them', () => [], 4],
])('a listing %s is given up', async (_, keysOf, pages) => {
  const store = endlessStore(keysOf)

  const listing = Array.fromAsync(listObjects(store, '', signal, limits))

  await expect(listing).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  expect(store.pages()).toBe(pages)
})
