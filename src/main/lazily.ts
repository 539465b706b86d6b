/** A function that is loaded when it is first called: a command must not wait for modules that it does not use. */
export function lazily<Words extends readonly unknown[], Result>(
  load: () => Promise<(...words: Words) => Promise<Result>>,
): (...words: Words) => Promise<Result> {
  let loaded: Promise<(...words: Words) => Promise<Result>> | undefined
  return async (...words) => {
    loaded ??= load()
    return (await loaded)(...words)
  }
}
