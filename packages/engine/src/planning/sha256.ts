/**
 * SHA-256 (FIPS 180-4) of a text, without Node: the engine runs wherever JavaScript does, and keys are made at once,
 * while the Web Crypto API only answers later. Known vectors: `''` → e3b0c442…, `'abc'` → ba7816bf….
 */

/** Hashes a text's UTF-8 bytes: 64 hexadecimal digits. */
export type Hasher = (text: string) => string

/** Makes a hasher. It reuses its buffers: thousands of short texts are hashed for a plan. */
export function createHasher(): Hasher {
  const encoder = new TextEncoder()
  const state = new Uint32Array(8)
  const words = new Uint32Array(64)
  let bytes = new Uint8Array(1024)
  let view = new DataView(bytes.buffer)

  return function sha256(text: string): string {
    // A UTF-16 unit takes three bytes at most; then come one bit, zeros, and the length in bits, to whole blocks.
    if (bytes.length < text.length * 3 + 72) {
      bytes = new Uint8Array(text.length * 3 + 72)
      view = new DataView(bytes.buffer)
    }
    const { written } = encoder.encodeInto(text, bytes)
    const end = Math.ceil((written + 9) / 64) * 64
    bytes.fill(0, written, end)
    bytes[written] = 0x80
    view.setBigUint64(end - 8, BigInt(written) * 8n)

    state.set(INITIAL)
    for (let block = 0; block < end; block += 64) {
      for (let at = 0; at < 16; at++) words[at] = view.getUint32(block + 4 * at)
      compress(state, words)
    }
    let digits = ''
    for (const part of state) digits += part.toString(16).padStart(8, '0')
    return digits
  }
}

/** The first 32 bits of the fractional parts of a function of the first primes. */
function fractions(count: number, of: (prime: number) => number): readonly number[] {
  const primes: number[] = []
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate)
  }
  return primes.map((prime) => Math.floor((of(prime) % 1) * 2 ** 32))
}

const INITIAL = fractions(8, Math.sqrt)
const ROUND = Uint32Array.from(fractions(64, Math.cbrt))

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

function compress(state: Uint32Array, words: Uint32Array): void {
  for (let at = 16; at < 64; at++) {
    const [early, late] = [words[at - 15] ?? 0, words[at - 2] ?? 0]
    const sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
    const sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
    words[at] = (words[at - 16] ?? 0) + sigma0 + (words[at - 7] ?? 0) + sigma1
  }
  // One by one: reading eight words through the array's iterator would take longer than the rounds.
  const start = { a: word(state, 0), b: word(state, 1), c: word(state, 2), d: word(state, 3) }
  const more = { e: word(state, 4), f: word(state, 5), g: word(state, 6), h: word(state, 7) }
  let { a, b, c, d } = start
  let { e, f, g, h } = more
  for (let at = 0; at < 64; at++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const first = (h + sum1 + ((e & f) ^ (~e & g)) + (ROUND[at] ?? 0) + (words[at] ?? 0)) | 0
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  state[0] = start.a + a
  state[1] = start.b + b
  state[2] = start.c + c
  state[3] = start.d + d
  state[4] = more.e + e
  state[5] = more.f + f
  state[6] = more.g + g
  state[7] = more.h + h
}

/** An element that is there. */
function word(words: Uint32Array, at: number): number {
  return words[at] ?? 0
}
