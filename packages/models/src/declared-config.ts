/** What a weight file says of itself in `__metadata__.config`, and under which prefix a model's keys lie in it. */
import type { WeightFile } from '@dicache/weights'

/** Values that shapes cannot tell (head counts, norm groups, end tokens), by the names their publishers use. */
export type DeclaredConfig = {
  readonly number: (name: string) => number | undefined
  readonly text: (name: string) => string | undefined
  /** A list, or an empty one. */
  readonly list: (name: string) => readonly unknown[]
}

/**
 * Reads `__metadata__.config`, a JSON object; `extra` (a parsed config.json, a fixture's configuration) wins over it.
 * Metadata that is no JSON object is somebody else's and is ignored: shapes decide.
 */
export function declaredConfig(
  file: WeightFile,
  extra: Readonly<Record<string, unknown>> = {},
): DeclaredConfig {
  const values: Readonly<Record<string, unknown>> = { ...parseObject(file.metadata['config']), ...extra }
  return {
    number(name) {
      const value = values[name]
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined
    },
    text(name) {
      const value = values[name]
      return typeof value === 'string' ? value : undefined
    },
    list(name) {
      const value = values[name]
      const list: readonly unknown[] = Array.isArray(value) ? value : []
      return list
    },
  }
}

/** What stands before `mark` in the file's keys: '' or something that ends with a dot. Undefined when no key ends with it. */
export function findPrefix(file: WeightFile, mark: string): string | undefined {
  if (file.tensors.has(mark)) return ''
  for (const key of file.tensors.keys()) {
    if (key.endsWith(`.${mark}`)) return key.slice(0, -mark.length)
  }
  return undefined
}

/** How many of `prefix0suffix`, `prefix1suffix` … are in the file, without a gap. */
export function countNumbered(file: WeightFile, prefix: string, suffix: string): number {
  let count = 0
  while (file.tensors.has(`${prefix}${count}${suffix}`)) count += 1
  return count
}

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
