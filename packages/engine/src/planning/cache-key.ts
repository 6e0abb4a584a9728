/**
 * The cache key of a node: a Merkle hash over its type, version, settings, the keys of its sources and the state of the
 * world it depends on (SPEC C-1). Ids, titles and positions play no part, and each node is hashed once.
 */
import { isJsonArray, isJsonObject, JsonFloat } from '@dicache/protocol'
import type { JsonValue } from '@dicache/protocol'
import type { Fingerprint } from '@dicache/sdk'
import type { GraphInput, GraphNode } from '../graph.ts'
import type { NodeType } from '../registry.ts'
import type { Hasher } from './sha256.ts'

/** The state of the world that a node depends on; `never` when it could not be told, so no result fits. */
export type WorldState = { readonly kind: 'known'; readonly value: Fingerprint } | { readonly kind: 'never' }

/** The key of a planned source, and whether results of that key may be kept. */
export type SourceKey = { readonly key: string; readonly cacheable: boolean }

/** What a key is made of besides the node. */
export type KeyParts = {
  readonly sourceKey: (id: string) => SourceKey | undefined
  readonly world: WorldState | undefined
  /** Makes the keys of results that fit nowhere else. */
  readonly runId: string
  readonly hash: Hasher
}

/** 160 bits: no two results meet by chance or by intent, and the keys in keys stay short. */
const KEY_DIGITS = 40

/** The key of a node whose sources have theirs. */
export function nodeKey(node: GraphNode, type: NodeType, parts: KeyParts): SourceKey {
  const { manifest, params } = type
  let cacheable = true
  const words = [`node 1 ${JSON.stringify([type.packVersion, manifest.type])} ${manifest.version}`]
  for (const name of [...node.inputs.keys()].sort()) {
    const input = node.inputs.get(name)
    if (input === undefined) continue
    if (input.kind === 'link') {
      const source = parts.sourceKey(input.from)
      cacheable &&= source?.cacheable ?? false
      words.push(`${JSON.stringify(name)} link ${source?.key ?? '-'} ${input.slot}`)
    } else {
      words.push(`${JSON.stringify(name)} ${constantWord(input, params.get(name)?.kind === 'float')}`)
    }
  }
  if (parts.world !== undefined) {
    const { world } = parts
    if (world.kind === 'known') words.push(`world ${scalarWord(world.value, false)}`)
    else cacheable = false
  }
  if (manifest.notIdempotent) words.push(`id ${JSON.stringify(node.id)}`)
  if (!cacheable) words.push(`run ${JSON.stringify(parts.runId)} ${JSON.stringify(node.id)}`)
  return { key: parts.hash(words.join('\n')).slice(0, KEY_DIGITS), cacheable }
}

function constantWord(input: Exclude<GraphInput, { kind: 'link' }>, isFloat: boolean): string {
  return input.kind === 'object' ? `object ${JSON.stringify(input.key)}` : scalarWord(input.value, isFloat)
}

/** A value with its type in front, so that 1, 1.0, "1" and true differ. */
function scalarWord(value: JsonValue, isFloat: boolean): string {
  if (typeof value === 'number') {
    return `${isFloat || !Number.isInteger(value) ? 'float' : 'int'} ${Object.is(value, -0) ? '-0' : String(value)}`
  }
  if (typeof value === 'bigint') return `int ${value}`
  if (typeof value === 'string') return `text ${JSON.stringify(value)}`
  if (typeof value === 'boolean') return `boolean ${value}`
  return value === null ? 'null' : `json ${canonicalJson(value)}`
}

/** JSON with sorted keys and typed scalars. Its depth is limited by the parser. */
function canonicalJson(value: JsonValue): string {
  if (value instanceof JsonFloat) return `float ${value.source}`
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isJsonObject(value)) return scalarWord(value, false)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`).join(',')}}`
}
