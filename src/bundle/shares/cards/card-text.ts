/** All that a card says beside its words, so that both kinds of card say the same. */
export interface CardText {
  /** For lists of files and windows: no word of the share. */
  readonly documentTitle: string
  readonly kicker: string
  readonly title: string
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly wordsTitle: string
  readonly wordsNote: string
  readonly qrCaption: string
  readonly what: Section
  readonly emergency: {
    readonly title: string
    readonly steps: readonly string[]
    readonly otherwise: string
  }
  readonly never: { readonly title: string; readonly rules: readonly string[] }
  readonly lost: Section
  readonly hashes: readonly { readonly label: string; readonly groups: readonly string[] }[]
}

export interface Section {
  readonly title: string
  readonly text: string
}
