import { describe, expect, test } from 'vitest'
import { isRedomaError } from '../../core/errors.ts'
import { expectCompleted, parseBegun, parseList, parseRefusal, parseUploads } from './answers.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const entry = (key: string, size: string): string =>
  `<Contents><Key>${key}</Key><Size>${size}</Size></Contents>`
const page = (inside: string): Uint8Array =>
  bytes(`<?xml version="1.0"?><ListBucketResult xmlns="http://s3">${inside}</ListBucketResult>`)
const isNotUnderstood = (error: unknown): boolean => isRedomaError(error, 'DESTINATION_FAILED')

describe('what a store answers', () => {
  test('a page of a listing has keys, sizes, and the way to the next', () => {
    const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>t&amp;1</NextContinuationToken>'
    const { objects, next } = parseList(page(`${entry('a%2Bb/c', '12')}${entry('d+e', '0')}${more}`))

    expect(objects).toEqual([
      { key: 'a+b/c', size: 12 },
      { key: 'd e', size: 0 },
    ])
    expect(next).toBe('t&1')
    expect(parseList(page('<IsTruncated>false</IsTruncated>'))).toEqual({ objects: [], next: undefined })
  })

  test.each([
    ['no XML', bytes('<html><br>Welcome')],
    ['no listing', bytes('<Error><Code>X</Code></Error>')],
    ['no UTF-8', new Uint8Array([0xff, 0xfe])],
    ['a size that is no number', page(entry('a', '1e3'))],
    ['a size beyond all numbers', page(entry('a', '99999999999999999999'))],
    ['a key that is not there', page('<Contents><Size>1</Size></Contents>')],
    ['a key that is wrongly encoded', page(entry('%zz', '1'))],
    ['a cut without a way on', page('<IsTruncated>true</IsTruncated>')],
    ['entities of its own', bytes('<!DOCTYPE x [<!ENTITY a "b">]><ListBucketResult>&a;</ListBucketResult>')],
    ['very deep nesting', bytes('<a>'.repeat(500_000))],
  ])('%s is an error, and nothing worse', (_, answer) => {
    expect(() => parseList(answer)).toThrow(expect.toSatisfy(isNotUnderstood))
  })

  test('a refusal tells its code, and where the bucket is', () => {
    const said = '<Error><Code>PermanentRedirect</Code><Message>go</Message><Region>eu-1</Region></Error>'

    expect(parseRefusal(bytes(said))).toEqual({ code: 'PermanentRedirect', message: 'go', region: 'eu-1' })
    expect(parseRefusal(bytes('<html>502</html>'))).toBeUndefined()
    expect(parseRefusal(bytes(''))).toBeUndefined()
  })

  test('unfinished uploads have a key, an id and a time', () => {
    const upload =
      '<Upload><Key>a%2Bb</Key><UploadId>2~x</UploadId><Initiated>2026-03-01T05:00:00.000Z</Initiated></Upload>'
    const more =
      '<IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>'
    const list = bytes(`<ListMultipartUploadsResult>${upload}${more}</ListMultipartUploadsResult>`)

    expect(parseUploads(list)).toEqual({
      uploads: [{ key: 'a+b', id: '2~x', begun: new Date('2026-03-01T05:00:00Z') }],
      next: { key: 'k', id: 'u' },
    })
  })

  test('an upload that is refused with a status of success is not taken for done', () => {
    const begun = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>'
    expect(parseBegun(bytes(begun))).toBe('u')
    expectCompleted(bytes('<CompleteMultipartUploadResult/>'))
    expect(() => {
      expectCompleted(bytes('<Error><Code>InternalError</Code></Error>'))
    }).toThrow(expect.toSatisfy(isNotUnderstood))
  })
})
