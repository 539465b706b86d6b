import { ownFolders } from '../app/own-folders.ts'
import type { OwnPlaces } from '../app/restores/fit-root.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import { type Settings, serviceFolders } from './settings.ts'

/** All that is Redoma's on this machine. */
export async function ownPlaces(
  settings: Settings,
  catalogue: Pick<Catalogue, 'destinations'>,
): Promise<OwnPlaces> {
  const { home, logFolder } = settings
  const [, ...others] = await ownFolders({ home, serviceFolders: serviceFolders(settings), catalogue })
  return { home, others: [logFolder, ...others] }
}
