/** Where a destination has its repository of system backups (docs/formats/destination-layout.md). */
export const systemPrefix = 'system/'
