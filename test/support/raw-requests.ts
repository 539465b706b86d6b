import { fc } from '@fast-check/vitest'
import type { ApiDescription } from './openapi/schema.ts'

/** One request with all of its bytes, each character a byte. */
export type RawRequest = string

/** What leads out of a path, ends it, or is something else once it is decoded; and what would be a header of its own. */
const oddParts = [
  ...[
    '..',
    '.',
    '',
    '%2e%2e',
    '..%2f..%2f',
    '%2F',
    '%5c',
    '\\',
    '%00',
    '%',
    '%zz',
    '%u002e',
    '%c0%af',
    '%ff',
  ],
  ...[';a=b', '*', '@', ':', '~', '%0d%0aset-cookie:%20x=1', '%0aX-Injected:%201', '%e2%80%a8', '%ed%a0%80'],
  ...[
    'Ã©',
    'ð\x9f\x92¥',
    'constructor',
    '__proto__',
    '%5b%5d',
    '<script>',
    "'--",
    'x'.repeat(2000),
    '%41'.repeat(500),
  ],
  ...['a', 'nas', 'etc', '1', '9'.repeat(30), '-1', '0x1', '1e3'],
]
const oddMethods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'get',
  'M-SEARCH',
]
const oddHeaders = [
  ...[
    'accept: */*;q=',
    'accept: text/html',
    'accept-encoding: gzip;q=0',
    'range: bytes=0-',
    'expect: 100-continue',
    'expect: x',
  ],
  ...[
    'if-match: "',
    'if-match: *',
    'if-match: "999999999999999"',
    'if-none-match: W/"1", *',
    'if-none-match: ,,,',
    'cookie: ==;;=;',
  ],
  ...[
    'cookie: __Host-redoma=%%%',
    'authorization: Bearer',
    'authorization: Bearer \x80\xff',
    'authorization: Basic YTpi',
    'origin: null',
  ],
  ...[
    'origin: https://evil.example.com',
    'x-request-id: \t',
    `x-request-id: ${'x'.repeat(300)}`,
    'idempotency-key: \xe9',
    'idempotency-key: k',
  ],
  ...[
    'x-http-method-override: DELETE',
    'x-forwarded-host: evil',
    'x-original-url: /api/v1/credentials',
    'forwarded: for=1',
    'te: trailers',
  ],
  ...[
    'upgrade: websocket\r\nconnection: upgrade',
    'connection: keep-alive, host',
    'content-encoding: gzip',
    'sec-fetch-site: cross-site',
  ],
]
const oddTypes = [
  'application/json',
  'application/json; charset=utf-16',
  'APPLICATION/JSON',
  'application/json, text/plain',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  '',
  '/',
  '\xe9',
]
const oddBodies = [
  ...[
    '',
    '{',
    '[]',
    'null',
    '"x"',
    '0',
    'NaN',
    '{"a":1,"a":2}',
    '{"__proto__":{"x":1}}',
    '{"constructor":null}',
    '\xff\xfe{\0}\0',
  ],
  ...[
    '\xef\xbb\xbf{}',
    '['.repeat(50_000),
    `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
    '1e99999',
    `"${'\\u0000'.repeat(1000)}"`,
  ],
  ...['{"title":"\\ud800"}', '{"name":"a\\r\\nb"}', `{"title":"${'a'.repeat(100_000)}"}`, 'a=b&c=d'],
]

/** Requests that a client of ours would never send: on paths that are there, on such as nearly are, and on any. */
export function rawRequests(api: ApiDescription): fc.Arbitrary<RawRequest> {
  const known = Object.keys(api.paths)
  const odd = fc.oneof(
    fc.constantFrom(...oddParts),
    fc.string({ unit: fc.constantFrom(...visible), maxLength: 12 }),
  )
  const path = fc.oneof(
    fc.tuple(fc.constantFrom(...known), odd).map(([one, part]) => one.replaceAll(/\{\w+\}/g, part)),
    fc.tuple(fc.constantFrom(...known), odd).map(([one, part]) => `${one}/${part}`),
    fc
      .tuple(fc.constantFrom(...known), odd, odd)
      .map(([one, name, value]) => `${one}?${name}=${value}&limit=${value}&sort=${name}`),
    fc.tuple(fc.constantFrom(...known), fc.nat()).map(([one, at]) => spelledOut(one, at)),
    fc.array(odd, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
    fc.constantFrom(
      '*',
      '//',
      '/api/v1',
      '/api/v1/',
      '/api//v1/instance',
      '/API/V1/instance',
      'http://[::1',
      'https://x/api/v1/instance',
      '/api/v1/../v1/instance',
    ),
  )
  const headers = fc.array(fc.constantFrom(...oddHeaders), { maxLength: 4 })
  const body = fc.option(fc.tuple(fc.constantFrom(...oddTypes), fc.constantFrom(...oddBodies)), {
    nil: undefined,
  })
  return fc.tuple(fc.constantFrom(...oddMethods), path, headers, body).map(([method, target, more, sent]) => {
    const about = sent === undefined ? [] : [`content-type: ${sent[0]}`, `content-length: ${sent[1].length}`]
    const lines = [`${method} ${target} HTTP/1.1`, 'host: redoma', 'connection: close', ...more, ...about]
    return `${lines.join('\r\n')}\r\n\r\n${sent?.[1] ?? ''}`
  })
}

const visible = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at))

/** One of its characters as a client may write it, too. */
function spelledOut(path: string, at: number): string {
  const index = at % path.length
  return `${path.slice(0, index)}%${path.charCodeAt(index).toString(16)}${path.slice(index + 1)}`
}
