/** Reads a list where a file may have anything. */
import { isJsonArray } from '@dicache/protocol'
import type { JsonValue } from '@dicache/protocol'

/** The value if it is a list, else an empty one. */
export function listOf(value: unknown): readonly JsonValue[] {
  return isJsonArray(value) ? value : []
}
