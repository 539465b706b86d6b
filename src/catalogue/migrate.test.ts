import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'

/** SHA-256 of each migration as it was released. A new one is added here; the others never change. */
const released: Readonly<Record<string, string>> = {
  '0001-beginning.ts': '1f1f6226e91a9dbcadcbebc3687170ff4aa78be2bc69bf93c5572115b7f1b4ec',
  '0002-slice-readings.ts': 'e79d08caab2fb316c45edb91303401dd56fb555e4ee1ae0b56b82419a9b70837',
  '0003-lease.ts': 'da4bd5517b1dfe0a60dd4626213e2011c3f99df76ef9ac24ba32ab41b242cf92',
  '0004-forgotten-snapshots.ts': '75248e325dfb01bb7ff97697f1c1fb5745dca29c75fb212252a50782f94d41ed',
  '0005-runs-before.ts': '285419b78856e139b43202bb73c95ab9082fddc3a9a07095ea60dc07527d49de',
  '0006-repository-identity.ts': '098fa30d949746dcb8e5ab2d60cad9e055331cc1fa62349284f9e44317dae495',
  '0007-settled-misses.ts': '59434f1eef898f7f2658422caa63b76a7aef2201ec6394e55d13c200e12772e3',
  '0008-appliance.ts': '89a4b42ae7159be85159b11a8edf337822d03e25c81f6045ed7d9cd4c868cba5',
  '0009-destination-state.ts': 'ecff4ab20ba97324cdcf8d28ea96114308bc70727873b49fe3825990a4d2236b',
  '0010-quorum-files.ts': 'fa4bac3e9baa1898b6cff963ef0e06927bfd4a69e7b1e680d5d61d6569915e31',
  '0011-guardians-and-drills.ts': 'f9a5311d771c52807f6b27c70c0bf45866a091500de1e506c9af1e1deebb5c00',
  '0012-bundle-contents.ts': '63185e1f72f79d150b3ed3bdf9cb9bc7106372feafafe3531a2906533e4b3214',
  '0013-openings.ts': '8f19904ec8ac2b199674134c95a28f08736a9585d82ded9e7470857bc77741a8',
  '0014-scopes.ts': '50bcedd4e089946f5346afbcd245be1fb3b7626fe7ab99c57396dc7064b9034b',
  '0021-audit-chain.ts': 'dc17e6307b30a44fd85db5c0b04f6352b3a67a6ab2d0d305fe2085fe3edcd68d',
  '0018-incidents.ts': '4069c579cb9ee304623a6b6296fdf950de5b494d566be60b8eb15707f7e76466',
  '0019-search-and-revisions.ts': '6ebd99a53970bd5d50f41a7cc3de6474619e03704b3b9c2372f2325e5b328c9c',
  '0015-keys-of-scopes.ts': '1cad3d3852263b1d74c148f4d6bcc0a0276f9bc88fd2fec156c288198d505818',
  '0016-channels.ts': '56b983b13dc4cbb0771f807f04a0f055f9352cae94115cec0dab2e10af4bb4a7',
  '0017-lists-in-order.ts': '24964a7f918bee6385db2e6dcb6b84eb4093dc58c0ac5c5be5f4961dec2a4434',
  '0020-plans.ts': '9cefef9211e8e0422a867ee562ef28bd8b4235af7ef7eef49976fe590c6a9cab',
  '0022-presence.ts': 'd6ebcea91beffc7886a4a6fc49254ebf53f27d478187583387e7d72a654c9239',
  '0023-timestamping.ts': '3e2a1bf4c6476f2550cded245ef69e0b0b3a82d25e63cedb34997b5d048a29c2',
  '0024-run-remarks.ts': 'cb6cfdcaf486893e8dd16c5c62caa7572a04b73c235aabb776417abd82525ec5',
  '0025-cancelled-by.ts': '1f41694ba2857e727490fa4858d8dc1f2d6e20b09ff97ea96429efdb9595857f',
  '0026-users.ts': 'f93e84a5c10149a3f2587359dfba11f69527cc6d5ac6387fa899f5a2ecf73d9b',
  '0027-approvals.ts': 'f9ea537fa36ea71eea77d2b30936f558eed125a3c47bd488861ba214c57ad1e7',
  '0028-verifications-and-routines.ts': '47f3812a35921bc8a9045a1e21c1844fa3652bf70dbc49dbe252dd6bf347c10c',
  '0029-runs-of-plans.ts': '22bd864683e664fbc235044e3e743d50f2685926916776a81a104d7b6d97f3cf',
  '0030-owed-hooks.ts': 'd3143b4f51dee4d4dcbdc11776016b942041936826aa18abd5972724492d0507',
  '0031-acknowledged-incidents.ts': 'ae5c82c62257ac736cab099e23af8104cacc19467de982908e3979d411c41aea',
  '0032-identity-provider.ts': '3fd64cabb1f169efdc4623c45bd3b92b3a2f2fdb432df906db3d0a6b595eab09',
  '0033-channel-failures.ts': 'beaef6a92df52d4e8923c3986b78e588eb0b2a369d8bcd655f19b7956804916a',
  '0034-seen-certificates.ts': 'd9b81bc8e146cea29e42c46b4edfb688d1097f1dabd4ecdcdfce067099bda213',
  '0035-restores.ts': '495e4804cc31c703cb2196fd9ead21444dbc17c9f85276e18309e525855b952f',
}

describe('the migrations', () => {
  test('are those that were released, to the letter: they have run on the disks of others', async () => {
    const folder = new URL('migrations/', import.meta.url)
    const names = await readdir(folder)

    const hashes = await Promise.all(
      names.map(async (name) => {
        const text = await readFile(new URL(name, folder))
        return [name, createHash('sha256').update(text).digest('hex')]
      }),
    )

    expect(Object.fromEntries(hashes)).toEqual(released)
  })
})
