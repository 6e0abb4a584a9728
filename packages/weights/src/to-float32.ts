/** Float types of weight files as float32, exactly: subnormals, infinities, signed zeros and NaNs included. */
import type { WeightDType } from './dtypes.ts'

/** How the bits of an eight-bit float are spent, and what its extreme codes mean. */
type Float8 = {
  readonly mantissaBits: number
  readonly bias: number
  /** `ieee`: infinities and NaNs; `fn`: one NaN per sign, no infinities; `fnuz`: one NaN (80), no −0, no infinities. */
  readonly style: 'ieee' | 'fn' | 'fnuz'
}

const FLOAT8: Partial<Readonly<Record<WeightDType, Float8>>> = {
  F8_E4M3: { mantissaBits: 3, bias: 7, style: 'fn' },
  F8_E5M2: { mantissaBits: 2, bias: 15, style: 'ieee' },
  F8_E4M3FNUZ: { mantissaBits: 3, bias: 8, style: 'fnuz' },
  F8_E5M2FNUZ: { mantissaBits: 2, bias: 16, style: 'fnuz' },
}

/**
 * Converts elements to float32; F32 shares the given buffer where it holds nothing else. Only F64 rounds (to nearest).
 * @param bytes whole little-endian elements
 * @returns undefined for a type that is no float of eight bits or more
 */
export function toFloat32(dtype: WeightDType, bytes: Uint8Array): Float32Array<ArrayBuffer> | undefined {
  const buffer = ownBuffer(bytes)
  if (dtype === 'F32') return new Float32Array(buffer)
  if (dtype === 'F64') return new Float32Array(new Float64Array(buffer))
  if (dtype === 'BF16') return bfloat16ToFloat32(new Uint16Array(buffer))
  if (dtype === 'F16') return float16ToFloat32(new Uint16Array(buffer))
  if (dtype === 'F8_E8M0') return throughTable(bytes, decodeE8M0)
  const format = FLOAT8[dtype]
  return format === undefined ? undefined : throughTable(bytes, (code) => decodeFloat8(code, format))
}

/** The elements' buffer when it holds nothing else, or a copy: typed arrays want to begin at a multiple of their size. */
export function ownBuffer({ buffer, byteLength, byteOffset }: Uint8Array): ArrayBuffer {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return buffer
  return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength)).buffer
}

function bfloat16ToFloat32(codes: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(codes.length)
  codes.forEach((code, index) => {
    bits[index] = code << 16
  })
  return new Float32Array(bits.buffer)
}

function float16ToFloat32(codes: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(codes.length)
  const values = new Float32Array(bits.buffer)
  codes.forEach((code, index) => {
    const sign = (code & 0x8000) << 16
    const exponent = (code >> 10) & 0x1f
    const mantissa = code & 0x3ff
    if (exponent === 0) values[index] = (sign === 0 ? mantissa : -mantissa) * 2 ** -24
    else bits[index] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (mantissa << 13)
  })
  return values
}

function throughTable(codes: Uint8Array, decode: (code: number) => number): Float32Array<ArrayBuffer> {
  const table = Float32Array.from({ length: 256 }, (_, code) => decode(code))
  const values = new Float32Array(codes.length)
  codes.forEach((code, index) => {
    values[index] = table[code] ?? Number.NaN
  })
  return values
}

/** A power of two, 2^(code − 127): the scale of a block; 255 is NaN. */
function decodeE8M0(code: number): number {
  return code === 255 ? Number.NaN : 2 ** (code - 127)
}

function decodeFloat8(code: number, { mantissaBits, bias, style }: Float8): number {
  if (style === 'fnuz' && code === 0x80) return Number.NaN
  if (style === 'fn' && (code & 0x7f) === 0x7f) return Number.NaN
  const sign = code & 0x80 ? -1 : 1
  const exponent = (code & 0x7f) >> mantissaBits
  const mantissa = code & ((1 << mantissaBits) - 1)
  if (style === 'ieee' && exponent === 0x7f >> mantissaBits)
    return mantissa === 0 ? sign * Infinity : Number.NaN
  const fraction = mantissa / 2 ** mantissaBits
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias)
}
