import { userInfo } from 'node:os'

/** Who runs this process. */
export interface UserOfSystem {
  /** Its number, where the system has no name for it, as in a container that is run under any number. */
  readonly name: string
  /** -1 where the system has no numbers. */
  readonly id: number
  /** As the system's table of users says. */
  readonly homeFolder: string | undefined
}

export function userOfSystem(): UserOfSystem {
  try {
    const { username, uid, homedir } = userInfo()
    return { name: username, id: uid, homeFolder: homedir }
  } catch {
    const id = process.getuid?.() ?? -1
    return { name: String(id), id, homeFolder: undefined }
  }
}
