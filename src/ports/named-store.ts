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

/** Of which several people may change one at once. */
export interface ExchangingStore<Entry> extends NamedStore<Entry> {
  /**
   * Puts `after` in the place of what was read, unless it is not that any more. One transaction.
   *
   * @throws RedomaError `CHANGED_MEANWHILE`, `NOT_FOUND`
   */
  exchange(before: Entry, after: Entry): Promise<void>
}
