import { readFileSync } from 'node:fs'

/** Names of users and groups by their ids. */
export interface AccountNames {
  userName(uid: number): string | undefined
  groupName(gid: number): string | undefined
}

/** The accounts of this machine's own files. Directories (LDAP and the like) are out of reach: their ids stay numbers. */
export function systemAccountNames(): AccountNames {
  const users = readAccounts('/etc/passwd')
  const groups = readAccounts('/etc/group')
  return { userName: (uid) => users.get(uid), groupName: (gid) => groups.get(gid) }
}

function readAccounts(path: string): ReadonlyMap<number, string> {
  try {
    return parseAccounts(readFileSync(path, 'utf8'))
  } catch {
    return new Map() // Without the file, as in a container of one program, there are no names.
  }
}

/** Lines `name:x:id:…`, as in passwd(5) and group(5); where an id has several names, the first counts. */
export function parseAccounts(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  for (const line of text.split('\n')) {
    const [name = '', , id = ''] = line.split(':')
    if (name === '' || name.startsWith('#') || !/^\d+$/.test(id)) continue
    if (!names.has(Number(id))) names.set(Number(id), name)
  }
  return names
}
