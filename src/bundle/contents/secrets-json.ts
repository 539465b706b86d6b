import { credentialListSchema } from '../../ports/credential-json.ts'

/** What stands before and after the credentials in `secrets.json`: `{"credentials":[…],"schema":"…"}`, canonical. */
export const secretsJsonFrame = {
  before: '{"credentials":[',
  after: `],"schema":${JSON.stringify(credentialListSchema)}}`,
} as const
