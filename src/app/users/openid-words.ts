import type { OpenId } from '../../ports/user.ts'

/** Who that is at the provider: for people, and so that two are the same where these are. */
export function openIdWords(openId: OpenId): string {
  const who =
    openId.kind === 'bound'
      ? `sub ${JSON.stringify(openId.subject)}`
      : `${openId.claim} ${JSON.stringify(openId.name)}`
  return `${who} of ${openId.issuer}`
}
