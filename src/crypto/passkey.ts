import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'

/** What a browser is asked (WebAuthn level 3, 5.4 and 5.5), and what it answers, as JSON. */
export type NewPasskeyOptions = PublicKeyCredentialCreationOptionsJSON
export type PasskeyOptions = PublicKeyCredentialRequestOptionsJSON
export type NewPasskeyAnswer = RegistrationResponseJSON
export type PasskeyAnswer = AuthenticationResponseJSON

/** Whose passkeys they are: a host name, and the pages of it. */
export interface RelyingParty {
  /** RP ID. */
  readonly host: string
  /** `https://vault.example.com:8443` */
  readonly origin: string
}

export interface Expected {
  readonly party: RelyingParty
  /** @returns whether it is one of ours, for this, and good */
  readonly isChallenge: (challenge: string) => boolean
}

/** Five minutes: a person looks for a key, and may have to set its PIN. */
const timeout = 5 * 60_000
/** Ed25519, ECDSA with P-256, RSA (which TPMs of Windows have alone). */
const supportedAlgorithmIDs = [-8, -7, -257]

/** One that its holder finds without a user name, and whose user is verified by it: a PIN or a finger. */
export async function askForNewPasskey(
  party: RelyingParty,
  user: { readonly id: string; readonly name: string; readonly instance: string },
  challenge: Uint8Array<ArrayBuffer>,
  known: readonly string[],
): Promise<NewPasskeyOptions> {
  const { generateRegistrationOptions } = await library()
  return generateRegistrationOptions({
    ...{ rpName: `Redoma ${user.instance}`, rpID: party.host, challenge, timeout, supportedAlgorithmIDs },
    ...{ userID: handleOf(user.id), userName: user.name, attestationType: 'none' },
    excludeCredentials: known.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** @returns `undefined` where it is not what was asked for */
export async function readNewPasskey(
  response: NewPasskeyAnswer,
  { party, isChallenge }: Expected,
): Promise<{ readonly id: string; readonly publicKey: string; readonly counter: number } | undefined> {
  const { verifyRegistrationResponse } = await library()
  const { registrationInfo } = await verifyRegistrationResponse({
    ...{ response, supportedAlgorithmIDs, expectedChallenge: isChallenge, requireUserVerification: true },
    ...{ expectedOrigin: party.origin, expectedRPID: party.host },
    // It throws for each thing that is not as expected, and for bytes that are no such answer.
  }).catch(() => ({ registrationInfo: undefined }))
  if (registrationInfo === undefined) return undefined
  const { id, publicKey, counter } = registrationInfo.credential
  return { id, publicKey: Buffer.from(publicKey).toString('base64url'), counter }
}

/** Names nobody, and no passkey: who asks is not told whom there is. */
export async function askForPasskey(
  party: RelyingParty,
  challenge: Uint8Array<ArrayBuffer>,
): Promise<PasskeyOptions> {
  const { generateAuthenticationOptions } = await library()
  return generateAuthenticationOptions({
    ...{ rpID: party.host, challenge, timeout, userVerification: 'required' },
  })
}

/** @returns the counter that it says now, which the caller compares; `undefined` where it is not that passkey's answer */
export async function counterOfAnswer(
  response: PasskeyAnswer,
  publicKey: string,
  { party, isChallenge }: Expected,
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await library()
  // With a counter of 0 nothing is compared here: one that goes back is to be told apart from what is merely wrong.
  const credential = {
    ...{ id: response.id, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter: 0 },
  }
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    ...{ response, credential, expectedChallenge: isChallenge, requireUserVerification: true },
    ...{ expectedOrigin: party.origin, expectedRPID: party.host },
  }).catch(() => ({ verified: false, authenticationInfo: undefined }))
  return verified ? authenticationInfo?.newCounter : undefined
}

/** The id of the user that a passkey was made for, as the passkey keeps it; `undefined` for what is none of ours. */
export function userIdOf(handle: string | undefined): string | undefined {
  const digits = Buffer.from(handle ?? '', 'base64url').toString('hex')
  return digits.length === 32 ? digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : undefined
}

function handleOf(userId: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(userId.replaceAll('-', ''), 'hex'))
}

/** Who signs in without one does not wait until it is read. */
function library(): Promise<typeof import('@simplewebauthn/server')> {
  return import('@simplewebauthn/server')
}
