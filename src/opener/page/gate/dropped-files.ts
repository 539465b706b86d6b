/** Files that were dropped, those in dropped folders too. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  // The entries must be taken at once: the list is empty after the event.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter(
    (entry) => entry !== null,
  )
  if (entries.length === 0) return Array.from(transfer.files)
  const found = await Promise.all(entries.map((entry) => filesIn(entry, 0)))
  return found.flat()
}

/** A destination has its bundles in a folder of the first level. */
const deepest = 2

async function filesIn(entry: FileSystemEntry, depth: number): Promise<File[]> {
  if (isFile(entry)) {
    return [
      await new Promise<File>((resolve, reject) => {
        entry.file(resolve, reject)
      }),
    ]
  }
  if (!isFolder(entry) || depth > deepest || isElsewhere(entry.name)) return []
  const found = await Promise.all((await listed(entry)).map((inner) => filesIn(inner, depth + 1)))
  return found.flat().filter(({ name }) => isWanted(name))
}

/** Of a chosen folder: only what a bundle needs, as beside it may lie a repository. */
export function wantedFiles(files: readonly File[]): File[] {
  return files.filter(({ name, webkitRelativePath }) => {
    const folders = webkitRelativePath.split('/').slice(0, -1)
    return isWanted(name) && folders.length <= deepest + 1 && !folders.some(isElsewhere)
  })
}

function isWanted(name: string): boolean {
  return /\.age$|^ledger\.jsonl$|^shares.*\.json$|^drill.*\.json$/.test(name)
}

function isElsewhere(folder: string): boolean {
  return folder === 'system' || folder === 'recordings'
}

async function listed(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject)
    })
    if (some.length === 0) return all
    all.push(...some)
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
