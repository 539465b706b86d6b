import { expect, test } from 'vitest'
import { RedomaError } from '../core/errors.ts'
import type { S3Spec } from '../ports/destination-spec.ts'
import { s3KeysFor } from './logins.ts'

test('a destination whose credential was removed says so, and what to do', async () => {
  const get = () => Promise.reject(new RedomaError('NOT_FOUND', 'there is no credential "7f"'))
  const place = { endpoint: 'https://s3.example.net', bucket: 'copies', prefix: '', region: 'eu' }
  const spec: S3Spec = { kind: 's3', ...place, style: 'path', credential: '7f' }

  await expect(s3KeysFor({ credentials: { get }, s3Keys: undefined }, spec)).rejects.toMatchObject({
    code: 'KEY_WRONG',
    message: 'the credential that it logs in with was removed: 7f',
    hint: expect.stringContaining('redoma config apply') as unknown,
  })
})
