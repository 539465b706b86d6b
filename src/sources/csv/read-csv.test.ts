import { describe, expect, test } from 'vitest'
import { encodeCredential } from '../../ports/credential-json.ts'
import type { ColumnMapping, CredentialRow } from '../../ports/credential-reader.ts'
import { csvReader } from './read-csv.ts'

describe('the CSV reader', () => {
  test('recognises the columns of KeePassXC', async () => {
    const rows = await read(
      '"Group","Title","Username","Password","URL","Notes","TOTP","Icon","Last Modified","Created"\n' +
        '"Root/Net","Router","admin","p,""q""\nr","https://r.example","n","otpauth://totp/x?secret=A","0","2024-05-06T07:08:09Z","2023-01-02T03:04:05Z"\n',
    )

    expect(records(rows)).toMatchObject([
      {
        title: 'Router',
        kind: 'password',
        folder: 'Root/Net',
        user: 'admin',
        secret: 'p,"q"\nr',
        url: 'https://r.example',
        notes: 'n',
        totp: 'otpauth://totp/x?secret=A',
        fields: [],
        createdAt: '2023-01-02T03:04:05.000Z',
        changedAt: '2024-05-06T07:08:09.000Z',
      },
    ])
  })

  test.each([
    [
      'Bitwarden',
      'folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp',
      'F,1,login,T,,,0,https://x,U,P,S',
    ],
    ['LastPass', 'url,username,password,totp,extra,name,grouping,fav', 'https://x,U,P,S,,T,F,0'],
    [
      '1Password',
      'Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes,Folder',
      'T,https://x,U,P,S,false,false,,,F',
    ],
    ['a sheet with semicolons', 'Name;User;Pass;Web Site;2FA;Folder', 'T;U;P;https://x;S;F'],
    [
      'a sheet with tabs and a byte order mark',
      '\uFEFFtitle\tlogin name\tsecret\tURL\tOTP\tgroup',
      'T\tU\tP\thttps://x\tS\tF',
    ],
  ])('recognises the columns of %s', async (_, header, row) => {
    const rows = await read(`${header}\r\n${row}\r\n`)

    expect(records(rows)).toMatchObject([
      { title: 'T', user: 'U', secret: 'P', url: 'https://x', totp: 'S', folder: 'F', fields: [] },
    ])
  })

  test('maps columns as it is told, and keeps what it does not know as hidden fields', async () => {
    const rows = await read('Was,Wer,Password,PIN\nT,U,P,1234\n', { title: 'was', user: 'Wer' })

    expect(records(rows)).toMatchObject([
      { title: 'T', user: 'U', secret: 'P', fields: [{ name: 'PIN', value: '1234', hidden: true }] },
    ])
  })

  test('gives the same ids for the same file, and different ones for rows that look alike', async () => {
    const file = 'title,user,password\nT,U,one\nT,U,two\nT,V,three\n'

    const [first, second] = [records(await read(file)), records(await read(file))]

    expect(first).toEqual(second)
    expect(new Set(first.map(({ id }) => id)).size).toBe(3)
  })

  test('tells of bad rows by their line, and reads the others', async () => {
    const rows = await read(
      'title,password,port\none,"a\nb",22\ntwo,x\n\nthree,y,ssh\nfour,p"q,1\n,,22\nsix,z,443\n',
    )

    expect(rows.map((row) => [row.line, row.kind === 'bad' ? row.reason : row.record.title])).toEqual([
      [2, 'one'],
      [4, 'expected 3 columns, got 2'],
      [6, 'port: is not a number'],
      [7, expect.stringMatching(/quote/)],
      [8, expect.stringMatching(/^title: /)],
      [9, 'six'],
    ])
  })

  test('says that a quote is never closed', async () => {
    const rows = await read('title,password\none,x\ntwo,"y\nthree,z\n')

    expect(rows.map((row) => row.kind)).toEqual(['record', 'bad'])
    expect(rows[1]).toMatchObject({ reason: expect.stringMatching(/never closed/) as string })
  })

  test.each([
    ['an empty file', '', {}, 'FORMAT_UNKNOWN'],
    ['a file without a header', '1,2,3\n', {}, 'FORMAT_UNKNOWN'],
    ['bytes that are no UTF-8', Buffer.from([0xe9, 0x2c]), {}, 'FORMAT_UNKNOWN'],
    ['a mapping to a column that is not there', 'title\nx\n', { user: 'Login' }, 'USAGE'],
    ['a mapping of a name that is not ours', 'title\nx\n', { login: 'title' }, 'USAGE'],
    ['too many columns', ','.repeat(5000), {}, 'LIMIT_EXCEEDED'],
  ])('refuses %s', async (_, file, mapping, code) => {
    await expect(read(file, mapping)).rejects.toMatchObject({ code })
  })
})

function read(file: string | Uint8Array, mapping: ColumnMapping = {}): Promise<CredentialRow[]> {
  return Array.fromAsync(csvReader(mapping)(once(Buffer.from(file))))
}

function records(rows: readonly CredentialRow[]) {
  return rows.map((row) => {
    if (row.kind === 'bad') throw new Error(row.reason)
    return encodeCredential(row.record)
  })
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
