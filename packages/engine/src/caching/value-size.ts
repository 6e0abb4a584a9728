/** Estimates how much memory a value of a link holds. */

const SCALAR_BYTES = 16
/** Values nest little; what lies deeper, or belongs to a class, is not counted. */
const MAX_DEPTH = 8

/** Bytes of the typed arrays and texts in a value, each buffer once, and a little for every object. */
export function valueSize(value: unknown, seen: Set<object> = new Set(), depth: number = 0): number {
  if (typeof value === 'string') return SCALAR_BYTES + value.length * 2
  if (typeof value !== 'object' || value === null) return SCALAR_BYTES
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value
  if (seen.has(buffer)) return SCALAR_BYTES
  seen.add(buffer)
  if (buffer instanceof ArrayBuffer || buffer instanceof SharedArrayBuffer) return buffer.byteLength
  if (depth >= MAX_DEPTH || !isPlain(value)) return SCALAR_BYTES
  let bytes = SCALAR_BYTES
  for (const item of Object.values(value)) bytes += valueSize(item, seen, depth + 1)
  return bytes
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}
