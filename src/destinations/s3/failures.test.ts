import { describe, expect, test } from 'vitest'
import { brokenTry, type FailedTry, refusedTry } from './failures.ts'

const where = { endpoint: 'https://s3.example.net', bucket: 'copies', region: 'eu-central-1' }

function refused(
  status: number,
  code: string,
  but: { message?: string; region?: string; aheadMs?: number } = {},
): FailedTry {
  const refusal = { code, message: but.message ?? '', region: but.region }
  return refusedTry('writing x', where, { status, refusal, aheadMs: but.aheadMs })
}

describe('what a store refuses', () => {
  test.each([
    [
      404,
      'NoSuchBucket',
      'DESTINATION_UNREACHABLE',
      /there is no bucket copies at https:\/\/s3\.example\.net/,
    ],
    [403, 'AccessDenied', 'DESTINATION_FORBIDDEN', /refuses this access key/],
    [403, 'InvalidAccessKeyId', 'DESTINATION_FORBIDDEN', /does not know this access key/],
    [403, 'SignatureDoesNotMatch', 'DESTINATION_FORBIDDEN', /secret does not belong/],
    [400, 'ExpiredToken', 'DESTINATION_FORBIDDEN', /session of this access key is over/],
    [403, 'QuotaExceeded', 'DESTINATION_FULL', /quota/],
    [507, '', 'DESTINATION_FULL', /full/],
    [403, '', 'DESTINATION_FORBIDDEN', /403/],
    [403, 'InvalidObjectState', 'OBJECT_UNREADABLE', /thawed/],
  ])('%i %s is told as %s, and not tried again', (status, code, expected, message) => {
    const { error, passes } = refused(status, code)

    expect(error).toMatchObject({ code: expected, message: expect.stringMatching(message) as unknown })
    expect(passes).toBe(false)
  })

  test.each([
    [503, 'SlowDown'],
    [500, 'InternalError'],
    [500, ''],
    [502, ''],
    [429, ''],
    [400, 'RequestTimeout'],
    [400, 'BadDigest'],
    [400, 'XAmzContentSHA256Mismatch'],
  ])('%i %s may pass, and is tried again', (status, code) => {
    expect(refused(status, code).passes).toBe(true)
  })

  test.each(['CERT_HAS_EXPIRED', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'a certificate that is not accepted (%s) is told as that, and not tried again',
    (code) => {
      const failed = brokenTry('writing x', where, Object.assign(new Error('no'), { code }))
      expect(failed).toMatchObject({ passes: false, error: { code: 'CERTIFICATE_REFUSED' } })
    },
  )

  test('what speaks no TLS is told as that, and not tried again', () => {
    const cause = Object.assign(new Error('write EPROTO 40EDC653:error:0A00010B'), { code: 'EPROTO' })

    const { error, passes } = brokenTry('writing x', where, cause)

    expect(error).toMatchObject({
      code: 'DESTINATION_UNREACHABLE',
      message: 'writing x failed: what answers at https://s3.example.net does not speak TLS as we do',
      hint: expect.stringContaining('http://') as unknown,
    })
    expect(passes).toBe(false)
  })

  test('a wrong region is told with the right one', () => {
    const { error } = refused(301, 'PermanentRedirect', { region: 'us-west-2' })

    expect(error.message).toContain('the bucket copies is in the region us-west-2')
    expect(error.message).toContain('looked for in eu-central-1')
  })

  test('clocks that differ are told with the difference', () => {
    const behind = refused(403, 'RequestTimeTooSkewed', { aheadMs: -3_600_000 })
    const ahead = refused(403, 'RequestTimeTooSkewed', { aheadMs: 1_800_000 })

    expect(behind.error.message).toContain('60 minutes behind ours')
    expect(ahead.error.message).toContain('30 minutes ahead of ours')
  })

  test('what strangers say is cut, and has nothing that a terminal would obey', () => {
    const { error } = refused(400, 'Odd', { message: `\u001b[31m${'x'.repeat(1000)}` })

    expect(error.message).not.toContain('\u001b')
    expect(error.message.length).toBeLessThan(300)
  })
})
