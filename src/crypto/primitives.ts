/**
 * The primitives on the data path, with no cost per call worth mentioning. `native.ts` calls the OpenSSL and zstd inside
 * the Node binary with reused contexts; `portable.ts` does the same with `node:crypto` and `node:zlib`, everywhere.
 *
 * Not safe to share between threads: each thread makes its own. Outputs are written into `out`, whose length must be
 * exact where one is named; input and output may be the same memory for the ciphers.
 */
export interface Primitives {
  readonly name: 'native' | 'portable'
  /** SHA-256 (FIPS 180-4) of `data` into `out` (32 bytes). */
  sha256(data: Uint8Array, out: Uint8Array): void
  /** AES-256 in counter mode, initial counter block `iv` (16 bytes); encrypts and decrypts. `out` is as long as `data`. */
  aes256Ctr(key: Uint8Array, iv: Uint8Array, data: Uint8Array, out: Uint8Array): void
  /** One block of AES-128 (16 bytes), encrypted. */
  aes128Block(key: Uint8Array, block: Uint8Array, out: Uint8Array): void
  /** Poly1305 (RFC 8439, 2.5) of `message` with a one-time key of 32 bytes (r ‖ s, r not clamped yet) into `out` (16 bytes). */
  poly1305(oneTimeKey: Uint8Array, message: Uint8Array, out: Uint8Array): void
  /** ChaCha20-Poly1305 (RFC 8439), no associated data; `out` is 16 bytes longer than `plaintext`. Nonce: 12 bytes. */
  chacha20Poly1305Seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, out: Uint8Array): void
  /** The reverse; false, with `out` (16 bytes shorter) zeroed, when `sealed` was not made with this key and nonce. */
  chacha20Poly1305Open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, out: Uint8Array): boolean
  /**
   * Opens what AES-256-GCM sealed (ciphertext ‖ tag of 16 bytes; nonce of 12) together with `associatedData`; false, with
   * `out` (16 bytes shorter) zeroed, when it was not made with this key, nonce and data.
   */
  aes256GcmOpen(
    key: Uint8Array,
    nonce: Uint8Array,
    associatedData: Uint8Array,
    sealed: Uint8Array,
    out: Uint8Array,
  ): boolean
  /** The longest that `length` bytes can become. */
  zstdBound(length: number): number
  /** One zstd frame (RFC 8878) with its content size; `out` has at least `zstdBound` bytes. Returns the bytes written. */
  zstdCompress(level: number, data: Uint8Array, out: Uint8Array): number
  /**
   * One zstd frame into `out`. Returns the bytes written.
   *
   * @throws RedomaError `DATA_DAMAGED` when it is not one whole frame, or does not fit
   */
  zstdDecompress(data: Uint8Array, out: Uint8Array): number
}
