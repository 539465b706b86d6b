import { describe, expect, test } from 'vitest'
import { generateSigningKey, publicKeyLine, signDetached, verifyDetached } from './ssh-signature.ts'

const namespace = 'ledger@example'
const message = Buffer.from('{"sequence":1}')

describe('an SSH signature', () => {
  const key = generateSigningKey()
  const line = publicKeyLine(key, 'the instance')
  const signature = signDetached(key, namespace, message)

  test('counts for its key, namespace and message', () => {
    expect(line).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\S+ the instance$/)
    expect(verifyDetached(line, namespace, message, signature)).toBe(true)
  })

  test('has a public key of one line, whatever the comment', () => {
    expect(publicKeyLine(key, 'a\nssh-ed25519 BBBB')).toBe(line.replace('the instance', 'a ssh-ed25519 BBBB'))
  })

  test('counts for no other', () => {
    const otherLine = publicKeyLine(generateSigningKey(), '')

    expect(verifyDetached(otherLine, namespace, message, signature)).toBe(false)
    expect(verifyDetached(line, 'file', message, signature)).toBe(false)
    expect(verifyDetached(line, namespace, Buffer.from('{"sequence":2}'), signature)).toBe(false)
  })

  test('with any character of it changed is refused', () => {
    const body = signature.split('\n').slice(1, -2).join('\n')
    const accepted = Array.from(body).filter((_, at) => {
      const altered = `${body.slice(0, at)}${body[at] === 'A' ? 'B' : 'A'}${body.slice(at + 1)}`
      return verifyDetached(line, namespace, message, signature.replace(body, altered))
    })

    expect(accepted).toEqual([])
  })

  test('that is no signature at all is refused', () => {
    for (const text of ['', 'hello', '-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----']) {
      expect(verifyDetached(line, namespace, message, text)).toBe(false)
    }
    expect(verifyDetached('ssh-rsa AAAA', namespace, message, signature)).toBe(false)
  })
})
