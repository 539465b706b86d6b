/** The little of WebAssembly's interface that is used: TypeScript declares it with the browser's types only. */
declare namespace WebAssembly {
  interface Module {
    readonly compiled: unique symbol
  }
  const Module: new (bytes: Uint8Array) => Module
  class Instance {
    constructor(module: Module)
    readonly exports: Readonly<Record<string, unknown>>
  }
  const Memory: new (size: { readonly initial: number; readonly maximum: number }) => Memory
  interface Memory {
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
}
