/** The part of npm `slip39` that tests use: it has no types of its own. */
declare module 'slip39' {
  export default class Slip39 {
    static fromArray(
      secret: readonly number[],
      options: {
        readonly passphrase?: string
        readonly threshold: number
        readonly groups: readonly (readonly [threshold: number, count: number])[]
        readonly iterationExponent?: number
        readonly extendableBackupFlag?: 0 | 1
      },
    ): Slip39
    fromPath(path: string): { readonly mnemonics: string[] }
    static recoverSecret(words: readonly string[], passphrase?: string): number[]
  }
}
