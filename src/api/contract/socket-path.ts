import { join } from 'node:path'

/** Of the API, in the instance's `run` folder. */
export function socketPath(runFolder: string): string {
  return join(runFolder, 'api.sock')
}
