import { expect, test } from 'vitest'
import { namedRepository, refuseStoreOptions } from './named-repository.ts'

test('a path is a folder, however it looks', () => {
  expect(namedRepository('/media/nas/system', {})).toEqual({ kind: 'local', path: '/media/nas/system' })
  expect(namedRepository('/media/s3:x', {})).toEqual({ kind: 'local', path: '/media/s3:x' })
})

test.each(['s3:https://s3.example.com/copies/pam-1/system', 'https://s3.example.com/copies/pam-1/system/'])(
  '%s is a bucket',
  (text) => {
    expect(namedRepository(text, { region: 'eu-north-1' })).toMatchObject({
      kind: 's3',
      endpoint: 'https://s3.example.com',
      bucket: 'copies',
      prefix: 'pam-1/system',
      region: 'eu-north-1',
      style: 'path',
    })
  },
)

test('what only a store needs is refused for a folder, and where no repository is named', () => {
  expect(() => namedRepository('/media/nas/system', { ca: '/etc/ca.pem' })).toThrow(
    /go with --repository s3:URL/,
  )
  expect(() => {
    refuseStoreOptions({ virtualHost: true })
  }).toThrow(/go with --repository s3:URL/)
})

test.each(['sftp:user@host:/srv/restic', 'rest:https://host:8000/', 'rclone:store:copies'])(
  '%s is refused as a place that is not read, and not looked for as a folder',
  (text) => {
    expect(() => namedRepository(text, {})).toThrow(/a repository is not read by/)
  },
)
