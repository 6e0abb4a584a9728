/** Holds the nodes of a graph against the kernels that ONNX Runtime has, by operator, version and types, with the rule it finds kernels by. */
import { readFile } from 'node:fs/promises'
import { type ElementType, type GraphSummary, OPSET } from '@dicache/onnx'

export type Node = GraphSummary['nodes'][number]
export type KernelDevice = 'cpu' | 'cuda'

/** [since, until (null: no end), types by constraint] of a kernel. */
type Row = readonly [number, number | null, Readonly<Record<string, readonly string[]>>]
type Rows = Readonly<Partial<Record<KernelDevice, readonly Row[]>>>

/** The registry of an ONNX Runtime build: kernels by domain and operator. */
export type KernelRegistry = {
  readonly source: string
  readonly domains: Readonly<Record<string, Readonly<Record<string, Rows>>>>
}

/** Reads the registry beside this file, which was taken from the library itself. */
export async function readKernelRegistry(): Promise<KernelRegistry> {
  return JSON.parse(await readFile(new URL('ort-kernels.json', import.meta.url), 'utf8'))
}

/** The opsets that changed an operator, and the type constraints of its inputs and outputs in order; `*` repeats the last one. */
type Signature = {
  readonly versions: readonly number[]
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

const SAME = 'T -> T'
const BINARY = 'T T -> T'
const COMPARE = 'T T -> T1'

/**
 * Operators that graphs here use, from ONNX's schemas of opset 21 to 23: versions, and constraints by the names that kernels are
 * registered with. Inputs that graphs leave out are left out here too (Resize's region, attention's masks).
 */
const SIGNATURES: ReadonlyMap<string, Signature> = new Map(
  Object.entries({
    Abs: [[13], SAME],
    Add: [[14], BINARY],
    And: [[7], COMPARE],
    Cast: [[21, 23], 'T1 -> T2'],
    Concat: [[13], 'T* -> T'],
    Conv: [[11, 22], 'T T T -> T'],
    Cos: [[7, 22], SAME],
    Div: [[14], BINARY],
    Gather: [[13], 'T Tind -> T'],
    GatherND: [[13], 'T indices -> T'],
    Gelu: [[20], SAME],
    Gemm: [[13], 'T T T -> T'],
    GreaterOrEqual: [[16], COMPARE],
    Identity: [[21, 23], 'V -> V'],
    InstanceNormalization: [[6, 22], 'T T T -> T'],
    LayerNormalization: [[17], 'T T T -> T'],
    Less: [[13], COMPARE],
    Max: [[13], 'T* -> T'],
    Min: [[13], 'T* -> T'],
    Mul: [[14], BINARY],
    Not: [[1], SAME],
    Or: [[7], COMPARE],
    RMSNormalization: [[23], 'T V -> V'],
    ReduceMean: [[18], 'T axes -> T'],
    ReduceSum: [[13], 'T axes -> T'],
    Reshape: [[21, 23], 'T shape -> T'],
    Resize: [[19], 'T1 scales -> T1'],
    Shape: [[21, 23], 'T -> T1'],
    Sin: [[7, 22], SAME],
    Slice: [[13], 'T Tind* -> T'],
    Split: [[18], 'T split -> T*'],
    Sub: [[14], BINARY],
    Transpose: [[21, 23], SAME],
    Unsqueeze: [[21, 23], 'T axes -> T'],
    Where: [[16], 'B T T -> T'],
    'com.microsoft FusedMatMul': [[1], BINARY],
    'com.microsoft MultiHeadAttention': [[1], 'T T T T -> T'],
    'com.microsoft QuickGelu': [[1], SAME],
    'com.microsoft RotaryEmbedding': [[1], 'T M T T -> T'],
  } as const).map(([op, [versions, text]]) => [op, { versions, ...parse(text) }]),
)

function parse(text: string): Omit<Signature, 'versions'> {
  const [inputs = '', outputs = ''] = text.split(' -> ')
  return { inputs: inputs.split(' '), outputs: outputs.split(' ') }
}

/** What kernels call the element types. */
const KERNEL_TYPES: Readonly<Partial<Record<ElementType, string>>> = { float32: 'float', float64: 'double' }

/** What nodes are held against. */
export type KernelTarget = {
  readonly registry: KernelRegistry
  readonly device: KernelDevice
  /** The opset that the model imports; this check's table begins at 21. @defaultValue that of the graph builder */
  readonly opset?: number
}

/**
 * The nodes that a device has no kernel for, each kind once, in words; and nodes whose types contradict each other. On the CPU
 * ONNX Runtime computes a float16 node that has no kernel in float32, with casts around it.
 */
export function kernelGaps(nodes: readonly Node[], target: KernelTarget): readonly string[] {
  const gaps = new Set<string>()
  for (const node of nodes) {
    const reason = gapOf(node, target)
    if (reason !== undefined) gaps.add(`${describe(node)}: ${reason}`)
  }
  return [...gaps].toSorted()
}

function describe({ op, domain, inputs, outputs }: Node): string {
  return `${domain === '' ? '' : `${domain} `}${op}(${inputs.join(', ')}) → ${[...new Set(outputs)].join(', ')}`
}

function gapOf(node: Node, { registry, device, opset = OPSET }: KernelTarget): string | undefined {
  const { op, domain } = node
  const signature = SIGNATURES.get(domain === '' ? op : `${domain} ${op}`)
  if (signature === undefined) return 'its versions and types are not in the table of this check'
  const types = bind(node, signature)
  if (typeof types === 'string') return types
  const rows = registry.domains[domain === '' ? 'ai.onnx' : domain]?.[op]?.[device] ?? []
  if (rows.length === 0) return `${device} has no kernel`
  const version = signature.versions.findLast((since) => since <= opset) ?? 0
  const ofVersion = rows.filter(([since, until]) => covers(since, until, version))
  if (ofVersion.length === 0) {
    const versions = rows.map(([since, until]) => `${since}–${until ?? ''}`)
    return `${device} has kernels of version ${[...new Set(versions)].join(', ')}, not ${version}`
  }
  const candidates = device === 'cpu' ? [types, inFloat32(types)] : [types]
  const found = candidates.some((bound) => ofVersion.some(([, , allowed]) => fits(bound, allowed)))
  return found ? undefined : `${device} has no kernel of these types`
}

/** ONNX Runtime's rule: a kernel without an end is for its own version only, since nobody knew the later ones. */
function covers(since: number, until: number | null, version: number): boolean {
  return since === version || (until !== null && since <= version && version <= until)
}

/** Types by constraint, or what is contradictory. */
function bind({ inputs, outputs }: Node, signature: Signature): ReadonlyMap<string, string> | string {
  const types = new Map<string, string>()
  const sides = [
    [inputs, signature.inputs],
    [outputs, signature.outputs],
  ] as const
  for (const [given, names] of sides) {
    for (const [n, type] of given.entries()) {
      const name = names[n] ?? (names.at(-1)?.endsWith('*') ? names.at(-1) : undefined)
      if (name === undefined) return `it takes or gives ${names.length} values at most`
      const constraint = name.replace('*', '')
      const kernelType = KERNEL_TYPES[type] ?? type
      const known = types.get(constraint)
      if (known !== undefined && known !== kernelType)
        return `its ${constraint} is both ${known} and ${kernelType}`
      types.set(constraint, kernelType)
    }
  }
  return types
}

function inFloat32(types: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...types].map(([name, type]) => [name, type === 'float16' ? 'float' : type]))
}

/** A kernel constrains some of the names; one that the node does not use binds nothing. */
function fits(types: ReadonlyMap<string, string>, allowed: Row[2]): boolean {
  return Object.entries(allowed).every(([name, list]) => {
    const type = types.get(name)
    return type === undefined || list.includes(type)
  })
}
