import { expect, test } from 'vitest'
import { remarksOnS3 } from './s3-destination.ts'

const spec = {
  kind: 's3',
  endpoint: 'https://s3.example.net',
  bucket: 'copies',
  prefix: '',
  region: 'eu-central-1',
  style: 'path',
} as const

test('an operator is told what is seen in clear, and what has to be thawed', () => {
  expect(remarksOnS3(spec)).toEqual([])
  expect(remarksOnS3({ ...spec, endpoint: 'http://10.0.0.1:7480' })).toEqual([
    expect.stringContaining('http://'),
  ])
  expect(remarksOnS3({ ...spec, storageClass: 'DEEP_ARCHIVE' })).toEqual([expect.stringContaining('thawed')])
  expect(remarksOnS3({ ...spec, storageClass: 'STANDARD_IA' })).toEqual([])
})
