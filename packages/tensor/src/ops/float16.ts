/** IEEE 754 half precision as bit patterns, to and from float32, by integer arithmetic on the bits. */

/**
 * Rounds float32 values to half precision, ties to even; too large becomes infinite, NaN stays NaN.
 * @returns the bit patterns, as a `float16` tensor holds them
 */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const halves = new Uint16Array(values.length)
  for (let i = 0; i < bits.length; i++) halves[i] = halfBits(bits[i]!)
  return halves
}

/** Widens half precision bit patterns to float32, exactly (a NaN keeps its payload). */
export function float16ToFloat32(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length)
  const bits = new Uint32Array(values.buffer)
  for (let i = 0; i < halves.length; i++) bits[i] = singleBits(halves[i]!)
  return values
}

function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x47800000) return sign | 0x7c00
  if (magnitude >= 0x38800000) {
    // Normal: rebias the exponent by 112, drop 13 bits; a carry into the exponent is right, also into infinity.
    return sign | roundShift(magnitude - 0x38000000, 13)
  }
  const exponent = magnitude >>> 23
  if (exponent < 102) return sign
  // Subnormal: the mantissa with its hidden bit, in units of 2^-24.
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent)
}

/** `value / 2^shift`, rounded to the nearest integer, ties to even. */
function roundShift(value: number, shift: number): number {
  const whole = value >>> shift
  const rest = value & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  return rest > half || (rest === half && (whole & 1) === 1) ? whole + 1 : whole
}

function singleBits(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >>> 10) & 0x1f
  const mantissa = half & 0x3ff
  if (exponent === 0x1f) return sign | 0x7f800000 | (mantissa << 13)
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (mantissa << 13)
  if (mantissa === 0) return sign
  // Subnormal: move the leading one up to the hidden bit.
  const shift = Math.clz32(mantissa) - 21
  return sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13)
}
