/** A database's name as that of a file: what cannot stand there is written as in a URL. */
export function fileNameOf(database: string, ending: string): string {
  const plain = database.replace(
    /[%/\0]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  )
  return `${plain}${ending}`
}
