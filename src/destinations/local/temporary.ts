/** What an object is written to beside its place. Names of objects never begin with a dot, so these can never be taken for one. */
export const temporaryPrefix = '.tmp-'
