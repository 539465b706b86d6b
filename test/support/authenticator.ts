import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** What it does otherwise than a good one. */
export interface Odd {
  readonly origin?: string
  readonly host?: string
  readonly isUserVerified?: boolean
  readonly counter?: number
  readonly userHandle?: string
  readonly spoil?: (signature: Buffer) => void
}

export interface Authenticator {
  readonly id: string
  make(challenge: string, odd?: Odd): object
  answer(challenge: string, odd?: Odd): object
}

/** A passkey in software (WebAuthn level 3, 6): it answers as a browser's `toJSON()` does, and can be made to do what no browser would. */
export function anAuthenticator(userId: string, host = 'localhost'): Authenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(16)
  let counter = 0
  const named = { id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key' as const }
  const clientData = (type: string, challenge: string, { origin = `https://${host}` }: Odd): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  const authData = (odd: Odd, flags: number): Buffer => {
    const tail = Buffer.alloc(5)
    tail.writeUInt8(flags | 0x01 | (odd.isUserVerified === false ? 0 : 0x04))
    tail.writeUInt32BE(odd.counter ?? counter, 1)
    return Buffer.concat([sha256(odd.host ?? host), tail])
  }
  return {
    id: named.id,
    make(challenge: string, odd: Odd = {}) {
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      const [cx, cy] = [x, y].map((text) => Buffer.from(text, 'base64url'))
      const key = [
        Buffer.from('a5010203262001215820', 'hex'),
        ...[cx ?? id, Buffer.from('225820', 'hex'), cy ?? id],
      ]
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, ...key])
      const data = Buffer.concat([authData(odd, 0x40), attested])
      const head = Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex')
      const attestationObject = Buffer.concat([head, Buffer.from([data.length]), data]).toString('base64url')
      const clientDataJSON = clientData('webauthn.create', challenge, odd).toString('base64url')
      return { ...named, response: { clientDataJSON, attestationObject } }
    },
    answer(challenge: string, odd: Odd = {}) {
      counter += 1
      const said = clientData('webauthn.get', challenge, odd)
      const data = authData(odd, 0)
      const signature = sign('sha256', Buffer.concat([data, sha256(said)]), privateKey)
      odd.spoil?.(signature)
      const [clientDataJSON, authenticatorData] = [said, data].map((bytes) => bytes.toString('base64url'))
      const userHandle = Buffer.from((odd.userHandle ?? userId).replaceAll('-', ''), 'hex').toString(
        'base64url',
      )
      const rest = { signature: signature.toString('base64url'), userHandle }
      return { ...named, response: { clientDataJSON, authenticatorData, ...rest } }
    },
  }
}

function sha256(bytes: Buffer | string): Buffer {
  return createHash('sha256').update(bytes).digest()
}
