/** Builds one ONNX graph: values are named and shaped as they are made; `model` is the ModelProto as plain data, `build` its bytes. */
import { AttributeKind, DataLocation } from './onnx-model.ts'
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from './onnx-model.ts'
import {
  bytesPerElement,
  type Dim,
  type ElementType,
  GraphError,
  protoType,
  showShape,
  type Value,
} from './value.ts'

/** What a node attribute may hold. Integers are written as ints unless wrapped in `float(…)`. */
export type Attribute = number | string | readonly number[] | { readonly float: number }
export type Attributes = Readonly<Record<string, Attribute>>

/** Bytes of a weight file that an initializer stands for: `file` lies in the session's data folder. */
export type ExternalBytes = {
  readonly file: string
  readonly byteOffset: number
  readonly byteLength: number
}

/** A node to add; `outputs` gives type and shape of each result. */
export type NodeSpec = {
  readonly op: string
  readonly domain?: 'com.microsoft'
  readonly inputs: readonly (Value | undefined)[]
  readonly attributes?: Attributes
  readonly outputs: readonly {
    readonly type: ElementType
    readonly shape: readonly Dim[]
    readonly name?: string
  }[]
}

/** What the graph is made of, for tests and reports. */
export type GraphSummary = {
  readonly nodes: readonly {
    readonly op: string
    readonly domain: string
    readonly inputs: readonly ElementType[]
    readonly outputs: readonly ElementType[]
  }[]
  /** The opset that the model imports. */
  readonly opset: number
  readonly weightBytes: number
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
}

export type GraphBuilder = {
  readonly name: string
  readonly input: (name: string, type: ElementType, shape: readonly Dim[]) => Value
  readonly output: (name: string, value: Value) => void
  /** Numbers written into the model itself. Equal constants share one initializer. */
  readonly constant: (
    type: 'float32' | 'float16' | 'int64' | 'bool',
    shape: readonly number[],
    numbers: readonly number[] | Float32Array,
  ) => Value
  /** An initializer whose bytes stay in the weight file. The same bytes and type share one initializer. */
  readonly external: (
    name: string,
    type: ElementType,
    shape: readonly number[],
    bytes: ExternalBytes,
  ) => Value
  /** An initializer whose bytes are written into the model, little-endian (for small tensors from elsewhere). */
  readonly inline: (name: string, type: ElementType, shape: readonly number[], bytes: Uint8Array) => Value
  readonly node: (spec: NodeSpec) => readonly Value[]
  /** Makes a value once per key: for shape vectors, tables and other sub-expressions that many nodes share. */
  readonly share: (key: string, make: () => Value) => Value
  readonly inputs: readonly Value[]
  readonly summary: () => GraphSummary
  readonly model: () => OnnxModel
  /** The model's bytes. What writes them is loaded with the first one: a process that only knows nodes does without. */
  readonly build: () => Promise<Uint8Array>
}

export type GraphOptions = {
  /**
   * `resident` lets the runtime fold casts and repack weights once, at load; `streamed` also lists every weight as an overridable
   * input, which keeps it as it is on disk, mapped, and casts it on each run.
   * @defaultValue 'resident'
   */
  readonly weights?: 'resident' | 'streamed'
  /**
   * The ONNX opset that nodes mean. 21 where CUDA has no kernel for a later version of an operator (InstanceNormalization).
   * @defaultValue 23
   */
  readonly opset?: 21 | 23
}

export const OPSET = 23
const IR_VERSION = 10n

/** Starts an empty graph for opset 23 and ONNX Runtime's contrib domain. */
export function createGraph(name: string, options: GraphOptions = {}): GraphBuilder {
  const nodes: OnnxNode[] = []
  const kinds: GraphSummary['nodes'][number][] = []
  const initializers: OnnxTensor[] = []
  const inputs: Value[] = []
  const outputs: Value[] = []
  const weights: Value[] = []
  const shared = new Map<string, Value>()
  const taken = new Set<string>()
  /** Values that nodes make, and the names of outputs that some of them are written under. */
  const made = new Set<string>()
  const renamed = new Map<string, string>()
  let weightBytes = 0

  function claim(wanted: string): string {
    let unique = wanted
    for (let n = 2; taken.has(unique); n += 1) unique = `${wanted}#${n}`
    taken.add(unique)
    return unique
  }

  function share(key: string, make: () => Value): Value {
    const known = shared.get(key)
    if (known !== undefined) return known
    const value = make()
    shared.set(key, value)
    return value
  }

  function checkBytes(op: string, value: Value, byteLength: number): void {
    const wanted = value.shape.reduce(
      (product: number, dim) => product * Number(dim),
      bytesPerElement(value.type),
    )
    if (byteLength !== wanted) {
      throw new GraphError(
        op,
        `${value.name} ${value.type} ${showShape(value.shape)} needs ${wanted} bytes, not ${byteLength}`,
      )
    }
  }

  const builder: GraphBuilder = {
    name,

    input(inputName, type, shape) {
      if (taken.has(inputName)) throw new GraphError('input', `the name ${inputName} is taken`)
      const value = { name: claim(inputName), type, shape }
      inputs.push(value)
      return value
    },

    output(outputName, value) {
      if (made.has(value.name) && !renamed.has(value.name)) {
        // The node that makes the value writes it under the output's name: no copy.
        if (taken.has(outputName)) throw new GraphError('output', `the name ${outputName} is taken`)
        renamed.set(value.name, claim(outputName))
        outputs.push({ ...value, name: outputName })
        return
      }
      const [named] = builder.node({
        op: 'Identity',
        inputs: [value],
        outputs: [{ ...value, name: outputName }],
      })
      if (named === undefined || named.name !== outputName)
        throw new GraphError('output', `the name ${outputName} is taken`)
      outputs.push(named)
    },

    constant(type, shape, numbers) {
      return share(`${type} ${shape.join('x')} ${Array.from(numbers).join()}`, () => {
        const value = { name: claim(`const.${shared.size}`), type, shape }
        const rawData = rawBytes(type, numbers)
        checkBytes('constant', value, rawData.length)
        initializers.push({
          name: value.name,
          dataType: protoType(type),
          dims: shape.map(BigInt),
          rawData,
        })
        return value
      })
    },

    external(weightName, type, shape, bytes) {
      return share(`${bytes.file} ${bytes.byteOffset} ${type} ${shape.join('x')}`, () => {
        const value = { name: claim(weightName), type, shape }
        checkBytes('external', value, bytes.byteLength)
        weightBytes += bytes.byteLength
        weights.push(value)
        initializers.push({
          name: value.name,
          dataType: protoType(type),
          dims: shape.map(BigInt),
          dataLocation: DataLocation.external,
          externalData: [
            { key: 'location', value: bytes.file },
            { key: 'offset', value: String(bytes.byteOffset) },
            { key: 'length', value: String(bytes.byteLength) },
          ],
        })
        return value
      })
    },

    inline(weightName, type, shape, bytes) {
      const value = { name: claim(weightName), type, shape }
      checkBytes('inline', value, bytes.length)
      weightBytes += bytes.length
      initializers.push({
        name: value.name,
        dataType: protoType(type),
        dims: shape.map(BigInt),
        rawData: bytes,
      })
      return value
    },

    node(spec) {
      const results = spec.outputs.map(({ type, shape, name: wanted }) => ({
        name: claim(wanted ?? `${spec.op}.${nodes.length}`),
        type,
        shape,
      }))
      for (const { name: result } of results) made.add(result)
      nodes.push({
        opType: spec.op,
        domain: spec.domain ?? '',
        name: `${spec.op}.${nodes.length}`,
        input: spec.inputs.map((value) => value?.name ?? ''),
        output: results.map((value) => value.name),
        attribute: Object.entries(spec.attributes ?? {}).map(([key, value]) => attributeOf(key, value)),
      })
      kinds.push({
        op: spec.op,
        domain: spec.domain ?? '',
        inputs: spec.inputs.flatMap((value) => (value === undefined ? [] : [value.type])),
        outputs: results.map((value) => value.type),
      })
      return results
    },

    share,
    inputs,

    summary: () => ({ nodes: kinds, opset: options.opset ?? OPSET, weightBytes, inputs, outputs }),

    model() {
      const called = (valueName: string): string => renamed.get(valueName) ?? valueName
      const overridable = options.weights === 'streamed' ? weights : []
      return {
        irVersion: IR_VERSION,
        producerName: 'dicache-studio',
        opsetImport: [
          { domain: '', version: BigInt(options.opset ?? OPSET) },
          { domain: 'com.microsoft', version: 1n },
        ],
        graph: {
          name,
          node: nodes.map((node) => ({
            ...node,
            input: node.input.map(called),
            output: node.output.map(called),
          })),
          initializer: initializers,
          input: [...inputs, ...overridable].map(valueInfo),
          output: outputs.map(valueInfo),
        },
      }
    },

    async build() {
      const { encodeModel } = await import('./encode-model.ts')
      return encodeModel(builder.model())
    },
  }
  return builder
}

function valueInfo(value: Value): OnnxValueInfo {
  const dim = value.shape.map((extent) =>
    typeof extent === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(extent) } }
      : { value: { case: 'dimParam' as const, value: extent } },
  )
  return {
    name: value.name,
    type: { value: { case: 'tensorType', value: { elemType: protoType(value.type), shape: { dim } } } },
  }
}

function attributeOf(name: string, value: Attribute): OnnxAttribute {
  if (typeof value === 'number') return { name, type: AttributeKind.int, i: BigInt(value) }
  if (typeof value === 'string')
    return { name, type: AttributeKind.string, s: new TextEncoder().encode(value) }
  if ('float' in value) return { name, type: AttributeKind.float, f: value.float }
  return { name, type: AttributeKind.ints, ints: value.map(BigInt) }
}

function rawBytes(
  type: 'float32' | 'float16' | 'int64' | 'bool',
  numbers: readonly number[] | Float32Array,
): Uint8Array {
  switch (type) {
    case 'float32':
      return new Uint8Array(Float32Array.from(numbers).buffer)
    case 'float16':
      return new Uint8Array(Uint16Array.from(numbers, halfBits).buffer)
    case 'int64':
      return new Uint8Array(BigInt64Array.from(Array.from(numbers, BigInt)).buffer)
    case 'bool':
      return Uint8Array.from(numbers)
  }
}

/** Bits of the nearest float16; constants are small exact numbers, so plain rounding of the mantissa does. */
function halfBits(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer).at(0) ?? 0
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 0xff) - 112
  if (value === 0) return sign
  if (exponent >= 31) return sign | 0x7c00
  if (exponent <= 0) return sign | Math.round(Math.abs(value) * 2 ** 24)
  const rounded = (exponent << 10) + Math.round((bits & 0x7fffff) / 8192)
  return sign | rounded
}
