import { expect, test } from 'vitest'
import { alterCatalogue, anInstance, everythingOnDisk } from '../../test/support/instance.ts'
import { Secret } from '../core/secret.ts'

const settings = {
  ...{ issuer: 'https://login.example.com/realms/staff', clientId: 'redoma-1', userClaim: 'email' },
  ...{ clientSecret: new Secret('THE-SECRET'), certificates: '-----BEGIN CERTIFICATE-----' },
}
const entry = { at: new Date(0), actor: 'tester', action: 'openid.set', subject: 'openid', detail: '' }

test('the provider is kept sealed, the last that was named, with its line in the audit trail', async () => {
  await using instance = await anInstance()
  const { identityProvider, audit } = instance.catalogue

  expect(await identityProvider.get()).toBeUndefined()
  await identityProvider.set({ ...settings, certificates: undefined }, entry)
  await identityProvider.set(settings, entry)

  expect(await identityProvider.get()).toEqual(settings)
  expect(await everythingOnDisk(instance.home)).not.toMatch(/THE-SECRET|login\.example|redoma-1/)
  expect(await audit.list(9)).toHaveLength(2)
  await identityProvider.set(undefined, entry)
  expect(await identityProvider.get()).toBeUndefined()
})

test('one that was written past Redoma is refused', async () => {
  await using instance = await anInstance()
  const { identityProvider } = instance.catalogue
  await identityProvider.set(settings, entry)
  alterCatalogue(
    instance.home,
    `update identity_provider set sealed_record = (select sealed_check from instance)`,
  )

  await expect(identityProvider.get()).rejects.toMatchObject({ code: 'INSTANCE_KEY_WRONG' })
})
