import { expect, test } from 'vitest'
import { type Doing, rsyncFailure, sshFailure } from './failures.ts'

const lost = 'rsync: connection unexpectedly closed (0 bytes received so far) [sender]'
const full = 'rsync: [receiver] write failed on "/srv/x": No space left on device (28)'

test.each([
  ['ssh: Could not resolve hostname nas: Name or service not known', 'DESTINATION_UNREACHABLE'],
  ['ssh: connect to host nas port 22: Connection refused', 'DESTINATION_UNREACHABLE'],
  ['ssh: connect to host nas port 22: No route to host', 'DESTINATION_UNREACHABLE'],
  ['Connection timed out during banner exchange', 'DESTINATION_UNREACHABLE'],
  ['Timeout, server nas not responding.', 'DESTINATION_UNREACHABLE'],
  ['u@nas: Permission denied (publickey).', 'DESTINATION_FORBIDDEN'],
  [
    '@  WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!  @\nHost key verification failed.',
    'HOST_KEY_CHANGED',
  ],
  [
    'No ED25519 host key is known for redoma-server and you have requested strict checking.',
    'HOST_KEY_CHANGED',
  ],
  ['Unable to negotiate: no matching host key type found. Their offer: ssh-dss', 'HOST_KEY_CHANGED'],
  ['something nobody has heard of', 'DESTINATION_FAILED'],
])('ssh that says %j', (complaints, code) => {
  expect(sshFailure('u@nas:/', complaints).code).toBe(code)
})

test.each<[number, Doing, string, string]>([
  [11, 'writing', full, 'DESTINATION_FULL'],
  [11, 'writing', 'rsync: [receiver] close failed: Disk quota exceeded (122)', 'DESTINATION_FULL'],
  [
    23,
    'writing',
    'rsync: [receiver] mkstemp "/x" failed: Read-only file system (30)',
    'DESTINATION_READ_ONLY',
  ],
  [23, 'writing', 'rsync: [receiver] mkstemp "/x" failed: Permission denied (13)', 'DESTINATION_FORBIDDEN'],
  [23, 'reading', 'rsync: [sender] read errors mapping "x": Input/output error (5)', 'OBJECT_UNREADABLE'],
  [11, 'writing', 'rsync: [receiver] write failed on "x": Input/output error (5)', 'DESTINATION_FAILED'],
  [12, 'writing', lost, 'DESTINATION_UNREACHABLE'],
  [30, 'writing', 'rsync error: timeout in data send/receive (code 30)', 'DESTINATION_UNREACHABLE'],
  [255, 'listing', 'rsync error: unexplained error (code 255) at io.c(231)', 'DESTINATION_UNREACHABLE'],
  [
    23,
    'listing',
    'rsync: [sender] link_stat "x" failed: Too many levels of symbolic links (40)\nrsync: [Receiver] write error: Broken pipe (32)',
    'DESTINATION_UNREACHABLE',
  ],
  [1, 'writing', 'rsync error: syntax or usage error (code 1)', 'DESTINATION_FAILED'],
])('rsync that ends with %d while %s and says %j', (code, doing, complaints, expected) => {
  expect(rsyncFailure('u@nas:/', doing, { code, output: '', complaints }, '').code).toBe(expected)
})

test('a full disk on this machine is not blamed on the server', () => {
  const error = rsyncFailure('u@nas:/', 'reading', { code: 11, output: '', complaints: full }, '')

  expect([error.code, error.message]).toEqual([
    'DESTINATION_FAILED',
    expect.stringContaining('this machine’s spool'),
  ])
})

test('what a server says comes as one line of bounded length, without anything that steers a terminal', () => {
  const complaints = `\u001b[2J${'x'.repeat(5000)}\nrsync: evil\r\n\u202e`

  const { cause } = rsyncFailure('u@nas:/', 'reading', { code: 23, output: '', complaints }, '')

  expect(cause instanceof Error && cause.message).toMatch(/^… [ -~]{1,500}$/)
})

test('what is left of a long complaint begins with a word, and not with a frame around it', () => {
  const frame = '@'.repeat(59)
  const complaints = `${frame}\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n${frame}\nIT IS POSSIBLE that ${'something nasty '.repeat(40)}`

  const short = sshFailure('u@nas:/', complaints.slice(0, 300)).cause
  const long = sshFailure('u@nas:/', complaints).cause

  expect(short instanceof Error && short.message).toMatch(/^@ WARNING: REMOTE HOST .* @ IT IS POSSIBLE/)
  expect(long instanceof Error && long.message).toMatch(/^… (?:something|nasty) (?:something|nasty) /)
})
