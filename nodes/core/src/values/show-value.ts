/** Any value as a text for people. */

/** The most characters that are shown. */
const LIMIT = 10_000

/** Texts as they are, numbers and booleans as Python prints them, tensors by shape, everything else as JSON. */
export function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : describe(value)
  return text.length > LIMIT ? `${text.slice(0, LIMIT)}…` : text
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False'
    case 'number':
    case 'bigint':
      return String(value)
    case 'object':
      return value === null ? 'None' : (json(value) ?? 'a value that cannot be shown')
    default:
      return value === undefined ? 'None' : `a ${typeof value}`
  }
}

function json(value: object): string | undefined {
  const seen = new WeakSet()
  const plain = (_key: string, item: unknown): unknown => {
    if (typeof item === 'bigint') return String(item)
    if (typeof item !== 'object' || item === null) return item
    if (seen.has(item)) return '…'
    seen.add(item)
    if (isTensor(item)) return `${item.dtype} [${item.shape.join(', ')}]`
    return ArrayBuffer.isView(item) ? `${item.byteLength} bytes` : item
  }
  return JSON.stringify(value, plain, 2)
}

function isTensor(value: object): value is { readonly dtype: string; readonly shape: readonly number[] } {
  return 'dtype' in value && 'shape' in value && Array.isArray(value.shape) && 'data' in value
}
