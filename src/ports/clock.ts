/** Where the time comes from, so that tests can turn it by hand. */
export interface Clock {
  now(): Date
}
