/** A node's manifest as ComfyUI's `/object_info` shows it. */
import {
  JsonFloat,
  type JsonObject,
  type JsonValue,
  MAX_SEED,
  type NodeManifest,
  type ParamManifest,
  type PortManifest,
} from '@dicache/protocol'

/** The options of a choice now: its fixed ones, then what its source stands for. */
export type ChoicesOf = (source: string) => readonly string[]

/** The entry of one node. `pack` is the name of its pack. */
export function objectInfo(manifest: NodeManifest, pack: string, choicesOf: ChoicesOf): JsonObject {
  const groups = { required: new Map<string, JsonValue>(), optional: new Map<string, JsonValue>() }
  const entries = new Map<string, () => void>()
  for (const port of manifest.inputs)
    entries.set(port.name, () => groups[groupOf(port)].set(port.name, portConfig(port)))
  for (const param of manifest.params)
    entries.set(param.name, () => groups[groupOf(param)].set(param.name, inputConfig(param, choicesOf)))
  for (const name of manifest.order ?? entries.keys()) entries.get(name)?.()
  const { required, optional } = groups
  const tooltips = manifest.outputs.map(({ description }) => description ?? '')
  return {
    input: {
      required: Object.fromEntries(required),
      ...(optional.size > 0 && { optional: Object.fromEntries(optional) }),
    },
    input_order: {
      required: [...required.keys()],
      ...(optional.size > 0 && { optional: [...optional.keys()] }),
    },
    output: manifest.outputs.map(({ type }) => type),
    output_is_list: manifest.outputs.map(({ list }) => list === true),
    output_name: manifest.outputs.map(outputName),
    name: manifest.type,
    display_name: manifest.title,
    description: manifest.description,
    python_module: `dicache.${pack}`,
    category: manifest.category,
    output_node: manifest.output,
    ...(tooltips.some((text) => text !== '') && { output_tooltips: tooltips }),
    ...(manifest.deprecated && { deprecated: true }),
    ...(manifest.experimental && { experimental: true }),
  }
}

function groupOf({ optional }: { readonly optional?: boolean }): 'required' | 'optional' {
  return optional === true ? 'optional' : 'required'
}

/** The pair `[type, options]` of a setting. */
export function inputConfig(param: ParamManifest, choicesOf: ChoicesOf): JsonValue {
  const options = { ...kindOptions(param), ...baseOptions(param) }
  if (param.kind !== 'choice') return [typeName(param.kind), options]
  return [choiceOptions(param, choicesOf), options]
}

/** The pair `[type, options]` of a socket. */
export function portConfig(port: PortManifest): JsonValue {
  return [port.type, baseOptions(port)]
}

/** Everything that a choice may be now. */
export function choiceOptions(
  param: Extract<ParamManifest, { kind: 'choice' }>,
  choicesOf: ChoicesOf,
): readonly string[] {
  return [...(param.options ?? []), ...(param.source === undefined ? [] : choicesOf(param.source))]
}

function baseOptions(input: Partial<ParamManifest & PortManifest>): Record<string, JsonValue> {
  return {
    ...(input.description !== undefined && { tooltip: input.description }),
    ...(input.lazy && { lazy: true }),
    ...(input.rawLink && { rawLink: true }),
    ...(input.socketOnly && { forceInput: true }),
    ...(input.advanced && { advanced: true }),
  }
}

function kindOptions(param: ParamManifest): Record<string, JsonValue> {
  switch (param.kind) {
    case 'int':
      return {
        ...(param.default !== undefined && { default: param.default }),
        ...(param.min !== undefined && { min: param.min }),
        ...(param.max !== undefined && { max: param.max }),
        step: param.step,
        ...(param.display !== undefined && { display: param.display }),
      }
    case 'float':
      return {
        ...(param.default !== undefined && { default: float(param.default) }),
        ...(param.min !== undefined && { min: float(param.min) }),
        ...(param.max !== undefined && { max: float(param.max) }),
        step: float(param.step),
        ...(param.round !== undefined && { round: float(param.round) }),
        ...(param.display !== undefined && { display: param.display }),
      }
    case 'seed': {
      const value = BigInt(param.default)
      return {
        default: Number.isSafeInteger(Number(value)) ? Number(value) : value,
        min: 0,
        max: MAX_SEED,
        control_after_generate: true,
      }
    }
    case 'text':
      return {
        default: param.default ?? '',
        ...(param.multiline && { multiline: true }),
        ...(param.dynamicPrompts && { dynamicPrompts: true }),
        ...(param.placeholder !== undefined && { placeholder: param.placeholder }),
      }
    case 'boolean':
      return {
        ...(param.default !== undefined && { default: param.default }),
        ...(param.labelOn !== undefined && { label_on: param.labelOn }),
        ...(param.labelOff !== undefined && { label_off: param.labelOff }),
      }
    case 'choice':
      return {
        ...(param.default !== undefined && { default: param.default }),
        ...(param.upload !== undefined && {
          [`${param.upload === 'mask' ? 'image' : param.upload}_upload`]: true,
        }),
      }
  }
}

function typeName(kind: Exclude<ParamManifest['kind'], 'choice'>): string {
  return { int: 'INT', seed: 'INT', float: 'FLOAT', text: 'STRING', boolean: 'BOOLEAN' }[kind]
}

/** Whole numbers keep their point: `1.0` is a float to every reader. */
function float(value: number): JsonValue {
  return Number.isInteger(value) ? new JsonFloat(`${value}.0`) : value
}

/** ComfyUI names outputs by their type where nothing else is said. */
function outputName({ name, type, label }: PortManifest): string {
  return label ?? (name.toUpperCase() === type ? type : name)
}
