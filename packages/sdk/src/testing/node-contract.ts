/** What every node must keep; packs call it in the test of each node. */
import { paramsSchema } from '@dicache/protocol'
import type { ParamConstants } from '@dicache/protocol'
import type { NodeDefinition } from '../node-spec.ts'
import { Expansion } from '../node-result.ts'
import { runNode } from './run-node.ts'
import type { NodeRunOptions } from './run-node.ts'

/** A run that must succeed. */
export type NodeSample = Pick<NodeRunOptions, 'inputs' | 'params' | 'host' | 'hidden'>

/**
 * Checks a node: its manifest is plain and described, its defaults are valid, and – with a sample – that it gives all
 * its outputs, gives the same twice, leaves its inputs as they were, and stops when it is cancelled.
 * @throws AggregateError with everything that is wrong.
 * @example `it('keeps the contract', () => nodeContract(invert, { inputs: { image } }))`
 */
export async function nodeContract(node: NodeDefinition, sample?: NodeSample): Promise<void> {
  const faults = [...manifestFaults(node), ...(sample === undefined ? [] : await sampleFaults(node, sample))]
  if (faults.length > 0) {
    const list = faults.map((fault) => `- ${fault}`).join('\n')
    throw new AggregateError(
      faults.map((fault) => new Error(fault)),
      `The node "${node.manifest.type}" breaks its contract:\n${list}`,
    )
  }
}

function* manifestFaults({ manifest }: NodeDefinition): Iterable<string> {
  const copy: unknown = JSON.parse(JSON.stringify(manifest))
  if (fingerprintOf(copy) !== fingerprintOf(manifest)) yield 'its manifest changes when it is written as JSON'
  for (const field of ['title', 'category', 'description'] as const) {
    if (manifest[field].trim() === '') yield `its ${field} is empty`
  }
  if (!manifest.output && manifest.outputs.length === 0)
    yield 'it has no outputs and is no output node: nothing can use it'
  const defaults: ParamConstants = Object.fromEntries(
    manifest.params.flatMap((param) => {
      const value = param.kind === 'seed' ? BigInt(param.default) : param.default
      return value === undefined ? [] : [[param.name, value] as const]
    }),
  )
  for (const { path, message } of paramsSchema(manifest.type, manifest.params).faults(defaults)) {
    yield `the default of ${path.slice(1)} ${message}`
  }
}

async function sampleFaults(node: NodeDefinition, sample: NodeSample): Promise<readonly string[]> {
  const faults: string[] = []
  const before = fingerprintOf([sample.inputs, sample.params])
  const first = await runNode(node, sample)
  if (fingerprintOf([sample.inputs, sample.params]) !== before) faults.push('it changes its inputs')
  faults.push(...outputFaults(node, first.outputs))

  if (!node.manifest.notIdempotent && !node.manifest.output) {
    const second = await runNode(node, sample)
    if (fingerprintOf(first.outputs) !== fingerprintOf(second.outputs)) {
      faults.push('the same inputs give another result; seed its randomness, or declare it notIdempotent')
    }
  }
  if (await finishes(node, { ...sample, signal: AbortSignal.abort() }))
    faults.push('it runs although it was cancelled')
  if (first.progress.length > 0) {
    const abort = new AbortController()
    const goesOn = await finishes(node, { ...sample, signal: abort.signal, onReport: () => abort.abort() })
    if (goesOn) faults.push('it goes on after it was cancelled while it reported')
  }
  return faults
}

function outputFaults({ manifest }: NodeDefinition, outputs: object): readonly string[] {
  if (outputs instanceof Expansion) return []
  const names = manifest.outputs.map(({ name }) => name)
  const missing = names
    .filter((name) => !Object.hasOwn(outputs, name))
    .map((name) => `it gives no output "${name}"`)
  const extra = Object.keys(outputs).filter((name) => name !== 'ui' && !names.includes(name))
  return [...missing, ...extra.map((name) => `it gives "${name}", which it did not declare`)]
}

async function finishes(node: NodeDefinition, options: NodeRunOptions): Promise<boolean> {
  try {
    await runNode(node, options)
    return true
  } catch {
    return false // whatever it throws: it stopped
  }
}

/** A text that differs when plain values differ. Objects of classes and functions are compared by name only. */
function fingerprintOf(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return `bigint ${item}`
    if (typeof item === 'number' && !Number.isFinite(item)) return String(item)
    if (ArrayBuffer.isView(item))
      return Array.from(new Uint8Array(item.buffer, item.byteOffset, item.byteLength))
    if (typeof item === 'function') return `function ${item.name}`
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    return Object.getPrototypeOf(item) === Object.prototype ? item : `object ${item.constructor.name}`
  })
}
