/**
 * The size that hides `bytes`: the next one with few significant bits (Padmé, "Reducing Metadata Leakage from Encrypted
 * Files", PETS 2019). At most 12 % more, and only about log log of the size can be told from outside.
 */
export function paddedSize(bytes: number): number {
  if (bytes <= smallestBytes) return smallestBytes
  const exponent = Math.floor(Math.log2(bytes))
  const significantBits = Math.floor(Math.log2(exponent)) + 1
  const step = 2 ** (exponent - significantBits)
  return Math.ceil(bytes / step) * step
}

/** Below it, each credential would show. */
const smallestBytes = 64 * 1024
