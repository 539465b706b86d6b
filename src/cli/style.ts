/** How words are set on a terminal; the identity where there are no colours. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  /** How many columns there are; `undefined` where no person reads: nothing is broken or cut then. */
  readonly columns: number | undefined
}

export function makeStyle(colours: boolean, columns: () => number | undefined = () => undefined): Style {
  const sgr = (on: number, off: number) => (text: string) =>
    colours ? `\u001b[${on}m${text}\u001b[${off}m` : text
  return {
    bold: sgr(1, 22),
    dim: sgr(2, 22),
    red: sgr(31, 39),
    green: sgr(32, 39),
    yellow: sgr(33, 39),
    get columns() {
      return columns()
    },
  }
}

/** The same, for what is copied as it stands, such as a secret: never broken. */
export function unbroken(style: Style): Style {
  return { ...style, columns: undefined }
}
