/** Reads node definitions as ComfyUI gives them (GET /object_info), or the condensed form of them. */
import { isJsonArray, isJsonObject, JsonFloat, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue, ParamManifest, PortManifest } from '@dicache/protocol'
import type { NodeShape, NodeShapes } from './node-shape.ts'

/** Node types by name; each is read when it is asked for. What cannot be read is not there. */
export function readObjectInfo(info: JsonObject): NodeShapes {
  const read = new Map<string, NodeShape | undefined>()
  return {
    get(type) {
      if (!read.has(type)) read.set(type, readNodeShape(type, ownProperty(info, type)))
      return read.get(type)
    },
  }
}

function readNodeShape(type: string, info: JsonValue | undefined): NodeShape | undefined {
  if (!isJsonObject(info)) return undefined
  const groups = objectAt(info, 'input')
  const specs = (['required', 'optional'] as const).flatMap((group) =>
    Object.entries(objectAt(groups, group)).map(([name, spec]) =>
      readInput(name, spec, group === 'optional'),
    ),
  )
  const names = listAt(info, 'output_name')
  const title = ownProperty(info, 'display_name')
  return {
    type,
    title: typeof title === 'string' && title !== '' ? title : type,
    inputs: specs.flatMap(({ port }) => port ?? []),
    params: specs.flatMap(({ param }) => param ?? []),
    ...dynamicOf(specs),
    outputs: listAt(info, 'output').map((output, index) => ({
      name: typeof names[index] === 'string' ? names[index] : typeName(output),
      type: typeName(output),
    })),
  }
}

type Dynamic = NonNullable<NodeShape['dynamic']>
type Input = {
  readonly port?: PortManifest
  readonly param?: ParamManifest
  readonly dynamic?: Dynamic
}

function dynamicOf(specs: readonly Input[]): { readonly dynamic?: Dynamic } {
  const entries = specs.flatMap(({ dynamic }) => [...(dynamic ?? [])])
  return entries.length === 0 ? {} : { dynamic: new Map(entries) }
}

/** A choice whose options have inputs of their own: `{key, inputs}`. Only their settings are read. */
function dynamicChoice(base: Base, given: JsonObject): Input {
  const options = listAt(given, 'options').filter(isJsonObject)
  const nested = options.map((option) => {
    const groups = objectAt(option, 'inputs')
    const specs = (['required', 'optional'] as const).flatMap((group) =>
      Object.entries(objectAt(groups, group)).map(([name, spec]) =>
        readInput(`${base.name}.${name}`, spec, group === 'optional'),
      ),
    )
    return { key: textOr(ownProperty(option, 'key'), ''), specs }
  })
  const own = new Map(nested.map(({ key, specs }) => [key, specs.flatMap(({ param }) => param ?? [])]))
  const inner = nested.flatMap(({ specs }) => [...(dynamicOf(specs).dynamic ?? [])])
  return {
    param: choice(
      base,
      nested.map(({ key }) => key),
      given,
    ),
    dynamic: new Map([[base.name, own], ...inner]),
  }
}

function readInput(name: string, spec: JsonValue, optional: boolean): Input {
  const [type, given] = isJsonArray(spec) ? spec : [spec]
  const options = isJsonObject(given) ? given : {}
  const base = {
    name,
    ...(optional && { optional: true as const }),
    ...(ownProperty(options, 'forceInput') === true && { socketOnly: true as const }),
  }
  const fallback = ownProperty(options, 'default')
  switch (isJsonArray(type) ? 'COMBO' : type) {
    case 'INT':
      return { param: wholeNumber(base, options) }
    case 'FLOAT':
      return { param: { ...base, kind: 'float', step: 0.01, default: numberOr(fallback, 0) } }
    case 'STRING': {
      const long = ownProperty(options, 'multiline') === true && { multiline: true as const }
      return { param: { ...base, kind: 'text', default: textOr(fallback, ''), ...long } }
    }
    case 'BOOLEAN':
      return { param: { ...base, kind: 'boolean', default: fallback === true } }
    case 'COMBO':
      return { param: choice(base, isJsonArray(type) ? type : listAt(options, 'options'), options) }
    case 'COMFY_DYNAMICCOMBO_V3':
      return dynamicChoice(base, options)
    default:
      return { port: { name, type: typeName(type ?? '*'), ...(optional && { optional: true }) } }
  }
}

type Base = Pick<ParamManifest, 'name' | 'optional' | 'socketOnly'>

function wholeNumber(base: Base, options: JsonObject): ParamManifest {
  const value = ownProperty(options, 'default')
  const isSeed =
    ownProperty(options, 'control_after_generate') === true || ['seed', 'noise_seed'].includes(base.name)
  if (!isSeed) return { ...base, kind: 'int', step: 1, default: numberOr(value, 0) }
  const whole = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
  return { ...base, kind: 'seed', default: whole ? String(value) : '0' }
}

const UPLOADS = ['image_upload', 'video_upload', 'audio_upload'] as const

function choice(base: Base, list: readonly JsonValue[], given: JsonObject): ParamManifest {
  const options = list.flatMap((item) => (typeof item === 'string' ? [item] : []))
  const first = textOr(ownProperty(given, 'default'), options[0])
  // The button of any kind of file has the value of the first one that there was.
  const isUpload = UPLOADS.some((name) => ownProperty(given, name) === true)
  const upload = isUpload && { upload: 'image' as const }
  return { ...base, kind: 'choice', options, ...(first !== undefined && { default: first }), ...upload }
}

function numberOr(value: JsonValue | undefined, fallback: number): number {
  if (value instanceof JsonFloat) return value.value
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : fallback
}

function textOr<T>(value: JsonValue | undefined, fallback: T): string | T {
  return typeof value === 'string' ? value : fallback
}

function typeName(type: JsonValue): string {
  return typeof type === 'string' ? type : isJsonArray(type) ? 'COMBO' : '*'
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = ownProperty(object, key)
  return isJsonObject(value) ? value : {}
}

function listAt(object: JsonObject, key: string): readonly JsonValue[] {
  const value = ownProperty(object, key)
  return isJsonArray(value) ? value : []
}
