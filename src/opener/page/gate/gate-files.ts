import { type KnownFile, recogniseFile } from './recognise-file.ts'

/** The files that were given so far, and which of them are used. */
export class GateFiles {
  #files: readonly KnownFile[] = []
  #chosen = new Map<'bundle' | 'identity', KnownFile>()

  get all(): readonly KnownFile[] {
    return this.#files
  }

  /** Newest first. */
  get bundles(): readonly KnownFile[] {
    return this.#files
      .filter(({ role }) => role === 'bundle')
      .toSorted((a, b) => b.sequence - a.sequence || (a.name < b.name ? 1 : -1))
  }

  /** Those of now first. */
  get identities(): readonly KnownFile[] {
    return this.#files
      .filter(({ role }) => role.endsWith('-identity'))
      .toSorted(
        (a, b) => (b.generation ?? Infinity) - (a.generation ?? Infinity) || (a.role < b.role ? -1 : 1),
      )
  }

  /** One identity of each generation: how it is opened is chosen elsewhere. */
  get generations(): readonly KnownFile[] {
    const { identities, identity } = this
    const first = new Map(identities.toReversed().map((file) => [file.generation, file]))
    return identities.filter((file) =>
      file.generation === identity?.generation ? file === identity : first.get(file.generation) === file,
    )
  }

  get bundle(): KnownFile | undefined {
    return this.#chosen.get('bundle') ?? this.bundles[0]
  }

  get identity(): KnownFile | undefined {
    return this.#chosen.get('identity') ?? this.identities[0]
  }

  get drill(): KnownFile | undefined {
    return this.#files.findLast(({ role }) => role === 'drill')
  }

  get ledger(): KnownFile | undefined {
    return this.#files.findLast(({ role }) => role === 'ledger')
  }

  /** A file of a name that is there already takes its place. */
  async add(files: readonly File[]): Promise<void> {
    const known = await Promise.all(files.map((file) => recogniseFile(file, file.name)))
    const names = new Set(known.map(({ name }) => name))
    this.#files = [...this.#files.filter(({ name }) => !names.has(name)), ...known]
    this.#forgetChosen()
  }

  remove(files: readonly KnownFile[]): void {
    this.#files = this.#files.filter((file) => !files.includes(file))
    this.#forgetChosen()
  }

  choose(what: 'bundle' | 'identity', file: KnownFile): void {
    this.#chosen.set(what, file)
  }

  #forgetChosen(): void {
    for (const [what, file] of this.#chosen) if (!this.#files.includes(file)) this.#chosen.delete(what)
  }
}
