/** One problem of a node in ComfyUI's words. */
import {
  isJsonArray,
  isJsonObject,
  JsonFloat,
  type JsonObject,
  type JsonValue,
  type NodeManifest,
  type ParamManifest,
  paramType,
  type Problem,
} from '@dicache/protocol'
import { type ChoicesOf, choiceOptions, inputConfig, portConfig } from '../object-info.ts'
import { pythonFloat, pythonRepr, pythonStr } from '../python-text.ts'

/** Where the problem is. */
export type ErrorPlace = {
  readonly node: {
    readonly id: string
    readonly type: string
    readonly inputs: ReadonlyMap<string, { readonly kind: string; readonly value?: unknown }>
  }
  readonly manifest: NodeManifest | undefined
  readonly choicesOf: ChoicesOf
  /** The type of another node. */
  readonly typeOf: (id: string) => string
}

/** Longer lists of options are counted, not written. */
const MAX_OPTIONS = 20

/** The error: `{type, message, details, extra_info}`. */
export function nodeError(problem: Problem, place: ErrorPlace): JsonObject {
  const name = problem.input ?? ''
  const details = problem.details ?? {}
  const param = place.manifest?.params.find((one) => one.name === name)
  const received = details['received'] ?? null
  const config = configOf(name, param, place)
  const base = { input_name: name, input_config: config, received_value: received }
  switch (problem.code) {
    case 'REQUIRED_INPUT_MISSING':
      return error('required_input_missing', 'Required input is missing', name, { input_name: name })
    case 'BAD_LINK':
      return error(
        'bad_linked_input',
        'Bad linked input, must be a length-2 list of [node_id, slot_index]',
        name,
        base,
      )
    case 'TYPE_MISMATCH':
      return error(
        'return_type_mismatch',
        'Return type mismatch between linked nodes',
        `${name}, received_type(${pythonStr(received)}) mismatch input_type(${pythonStr(details['expected'])})`,
        {
          input_name: name,
          input_config: config,
          received_type: received,
          linked_node: [details['from'] ?? '', details['slot'] ?? 0],
        },
      )
    case 'WRONG_VALUE_TYPE': {
      const type = param === undefined ? pythonStr(details['expected']) : paramType(param)
      const reason = conversionReason(type, received)
      return error(
        'invalid_input_type',
        `Failed to convert an input value to a ${type} value`,
        `${name}, ${pythonStr(received)}, ${reason}`,
        { ...base, exception_message: reason },
      )
    }
    case 'VALUE_OUT_OF_RANGE': {
      const small = details['bound'] === 'min'
      const value = numberText(received, param)
      const limit = numberText(details['limit'] ?? null, param)
      return small
        ? error('value_smaller_than_min', `Value ${value} smaller than min of ${limit}`, name, base)
        : error('value_bigger_than_max', `Value ${value} bigger than max of ${limit}`, name, base)
    }
    case 'VALUE_NOT_IN_LIST': {
      const options = param?.kind === 'choice' ? choiceOptions(param, place.choicesOf) : []
      const isLong = options.length > MAX_OPTIONS
      const list = isLong
        ? `(list of length ${options.length})`
        : `[${options.map((option) => pythonRepr(option)).join(', ')}]`
      return error(
        'value_not_in_list',
        'Value not in list',
        `${name}: '${pythonStr(received)}' not in ${list}`,
        {
          ...base,
          input_config: isLong ? null : config,
        },
      )
    }
    case 'MISSING_LINK':
      return missingLink(problem, place, config)
    case 'CYCLE':
      return cycle(problem, place)
    case 'CUSTOM_VALIDATION_FAILED':
      return custom(problem, param, place)
    default:
      return error('custom_validation_failed', 'Custom validation failed for node', problem.message, {
        input_name: name,
      })
  }
}

/** A link to nowhere; which of the two errors it is depends on whether the node is an output. */
function missingLink(problem: Problem, { manifest }: ErrorPlace, config: JsonValue): JsonObject {
  const { from = '', slot = 0 } = problem.details ?? {}
  const link: JsonValue = [from, slot]
  const noNode = problem.details?.['missing'] === 'node'
  const text = noNode ? pythonRepr(from) : 'tuple index out of range'
  const type = noNode ? 'KeyError' : 'IndexError'
  if (manifest?.output === true) {
    return error('exception_during_validation', 'Exception when validating node', text, {
      exception_type: type,
      traceback: [],
    })
  }
  return error('exception_during_inner_validation', 'Exception when validating inner node', text, {
    input_name: problem.input ?? '',
    input_config: config,
    exception_message: text,
    exception_type: type,
    traceback: [],
    linked_node: link,
  })
}

function cycle(problem: Problem, { node, typeOf }: ErrorPlace): JsonObject {
  const listed = problem.details?.['nodes'] ?? []
  const nodes = isJsonArray(listed) ? listed.map(String) : []
  const round = [...nodes, ...nodes.slice(0, 1)]
  return error(
    'dependency_cycle',
    'Dependency cycle detected',
    round.map((id) => `${id} (${typeOf(id)})`).join(' -> '),
    { node_id: node.id, cycle_nodes: nodes },
  )
}

function custom(problem: Problem, param: ParamManifest | undefined, { node }: ErrorPlace): JsonObject {
  const name = problem.input ?? ''
  const input = node.inputs.get(name)
  const value = input?.kind === 'value' && typeof input.value === 'string' ? input.value : undefined
  const reason = problem.details?.['reason']
  const text =
    param?.kind === 'choice' && param.upload !== undefined && value !== undefined
      ? `Invalid ${param.upload === 'mask' ? 'image' : param.upload} file: ${value}`
      : typeof reason === 'string'
        ? reason
        : problem.message
  return error(
    'custom_validation_failed',
    'Custom validation failed for node',
    name === '' ? text : `${name} - ${text}`,
    { input_name: name },
  )
}

function error(type: string, message: string, details: string, extra: JsonObject): JsonObject {
  return { type, message, details, extra_info: extra }
}

function configOf(
  name: string,
  param: ParamManifest | undefined,
  { manifest, choicesOf }: ErrorPlace,
): JsonValue {
  if (param !== undefined) return inputConfig(param, choicesOf)
  const port = manifest?.inputs.find((one) => one.name === name)
  return port === undefined ? null : portConfig(port)
}

/** What Python says when it cannot convert a value. */
function conversionReason(type: string, value: JsonValue): string {
  const kind = isJsonArray(value)
    ? 'list'
    : isJsonObject(value)
      ? 'dict'
      : value === null
        ? 'NoneType'
        : undefined
  if (type === 'FLOAT') {
    return kind === undefined
      ? `could not convert string to float: ${pythonRepr(value)}`
      : `float() argument must be a string or a real number, not '${kind}'`
  }
  return kind === undefined
    ? `invalid literal for int() with base 10: ${pythonRepr(value)}`
    : `int() argument must be a string, a bytes-like object or a real number, not '${kind}'`
}

/** A number after its conversion to the kind of the setting. */
function numberText(value: JsonValue, param: ParamManifest | undefined): string {
  if (typeof value === 'bigint') return String(value)
  const number = value instanceof JsonFloat ? value.value : Number(value)
  return param?.kind === 'float' ? pythonFloat(number) : String(Math.trunc(number))
}
