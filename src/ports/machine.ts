/** What is asked of the machine that Redoma runs on, to tell what lies on it from what does not. */
export interface Machine {
  self(): MachineSelf
  /** Every address that a name has from here; an address is its own. None when nobody knows the name. */
  addressesOf(host: string): Promise<readonly string[]>
  /**
   * What a path really lies on, whatever links, mounts and loop devices lead there; `undefined` when nothing is there.
   *
   * @throws RedomaError `DESTINATION_UNREACHABLE` when the server behind it does not answer, or it cannot be looked at
   */
  fileSystemOf(path: string, signal: AbortSignal): Promise<FileSystem | undefined>
  isMounted(point: string): Promise<boolean>
  /**
   * Looks for a file or folder with `name` in its name on all of the machine's own file systems, as long as it may take.
   *
   * @param except folders that are not looked into
   */
  findOnDisks(name: string, except: readonly string[], signal: AbortSignal): Promise<DiskSearch>
}

export interface MachineSelf {
  readonly names: readonly string[]
  /** Of its interfaces, without scope ids. */
  readonly addresses: readonly string[]
}

export interface FileSystem {
  /** `ext4`, `nfs4` … */
  readonly type: string
  /** `/dev/vda1`, `nas:/export` … */
  readonly source: string
  /** Of one that other machines serve: which, as far as its mount says; `undefined` of one that is this machine's own. */
  readonly servers: readonly string[] | undefined
}

export type DiskSearch =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'not-found' }
  /** Not found so far, and not everything was looked at. */
  | { readonly kind: 'unfinished'; readonly why: string }
