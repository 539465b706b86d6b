import { expect, test } from 'vitest'
import { keyOf, locate } from './locate.ts'

const store = { endpoint: 'https://s3.example.net', bucket: 'copies', prefix: '', style: 'path' } as const

test('the bucket stands in the path, or before the host', () => {
  expect(locate(store, 'data/aa/x').href).toBe('https://s3.example.net/copies/data/aa/x')
  const virtual = { ...store, style: 'virtual' } as const
  expect(locate(virtual, 'data/aa/x').href).toBe('https://copies.s3.example.net/data/aa/x')
  expect(locate(virtual, '').href).toBe('https://copies.s3.example.net/')
})

test('ports, and addresses of version 6, stay as they are', () => {
  expect(locate({ ...store, endpoint: 'http://[::1]:7480' }, 'x').href).toBe('http://[::1]:7480/copies/x')
  const virtual = { ...store, endpoint: 'https://s3.example.net:8443', style: 'virtual' } as const
  expect(locate(virtual, 'x').href).toBe('https://copies.s3.example.net:8443/x')
})

test('what a key or a query could be misread for is encoded', () => {
  expect(locate(store, 'a+b/c_d.e-f').pathname).toBe('/copies/a%2Bb/c_d.e-f')
  const query = { prefix: 'a+b/c', marker: "it's (*) & more", uploads: '' }
  expect(locate(store, '', query).search).toBe(
    '?prefix=a%2Bb%2Fc&marker=it%27s%20%28%2A%29%20%26%20more&uploads=',
  )
})

test('keys begin with the folder', () => {
  expect(keyOf({ prefix: '' }, 'a/b')).toBe('a/b')
  expect(keyOf({ prefix: 'of/pam-1' }, 'a/b')).toBe('of/pam-1/a/b')
  expect(keyOf({ prefix: 'of/pam-1' }, '')).toBe('of/pam-1/')
})
