/** Things that people have given names. */
export interface NamedStore<Entry> {
  list(): Promise<Entry[]>
  /** @throws RedomaError `NOT_FOUND` */
  get(name: string): Promise<Entry>
  /** @throws RedomaError `ALREADY_EXISTS` */
  add(entry: Entry): Promise<void>
  /** @throws RedomaError `NOT_FOUND` */
  replace(entry: Entry): Promise<void>
  /** @throws RedomaError `NOT_FOUND` */
  remove(name: string): Promise<void>
}
