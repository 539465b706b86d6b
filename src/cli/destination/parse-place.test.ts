import { describe, expect, test } from 'vitest'
import { parseCifsPlace, parseNfsPlace, parseRsyncPlace, parseS3Place } from './parse-place.ts'

describe('a place is read as people write it:', () => {
  test.each([
    ['//nas/backup', { host: 'nas', share: 'backup', folder: '' }],
    ['//nas:4450/backup/pam 1/copies/', { host: 'nas', port: 4450, share: 'backup', folder: 'pam 1/copies' }],
    ['\\\\nas\\backup\\pam', { host: 'nas', share: 'backup', folder: 'pam' }],
    ['smb://[fd00::1]/backup', { host: 'fd00::1', share: 'backup', folder: '' }],
  ])('the share %s', (text, place) => {
    expect(parseCifsPlace(text)).toEqual(place)
  })

  test.each([
    ['nas:/srv/copies/', { host: 'nas', export: '/srv/copies' }],
    ['[fd00::1]:/', { host: 'fd00::1', export: '/' }],
  ])('the export %s', (text, place) => {
    expect(parseNfsPlace(text)).toEqual(place)
  })

  test.each([
    ['redoma@nas:copies/pam', { user: 'redoma', host: 'nas', folder: 'copies/pam' }],
    ['redoma@[fd00::1]:/', { user: 'redoma', host: 'fd00::1', folder: '' }],
    ['ssh://redoma@nas:2222/copies', { user: 'redoma', host: 'nas', port: 2222, folder: 'copies' }],
    ['ssh://redoma@nas', { user: 'redoma', host: 'nas', folder: '' }],
  ])('the account %s', (text, place) => {
    expect(parseRsyncPlace(text)).toEqual(place)
  })

  test.each([
    ['https://s3.example.com/copies', { endpoint: 'https://s3.example.com', bucket: 'copies', prefix: '' }],
    [
      's3:http://127.0.0.1:9000/copies/pam/1/',
      { endpoint: 'http://127.0.0.1:9000', bucket: 'copies', prefix: 'pam/1' },
    ],
  ])('the bucket %s', (text, place) => {
    expect(parseS3Place(text)).toEqual(place)
  })

  test.each([
    [parseCifsPlace, '/nas/backup'],
    [parseCifsPlace, '//nas'],
    [parseCifsPlace, '//fd00::1/backup'],
    [parseNfsPlace, '/srv/copies'],
    [parseNfsPlace, 'nas:copies'],
    [parseRsyncPlace, 'nas:copies'],
    [parseRsyncPlace, 'redoma@fd00::1/copies'],
    [parseS3Place, 's3.example.com/copies'],
    [parseS3Place, 'https://s3.example.com'],
    [parseS3Place, 'https://user:secret@s3.example.com/copies'],
  ])('%o refuses %s and says what it looks like', (parse, text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        hint: expect.stringContaining('looks like') as string,
      }) as Error,
    )
  })
})
