/** Checks one constant of a setting: its kind, its range, its list. */
import type { Fault, JsonValue, ParamManifest, Problem } from '@dicache/protocol'
import { JsonFloat, MAX_SEED, stringifyJson } from '@dicache/protocol'
import type { Suggest } from '../near-names.ts'

/** Where a constant is, and what it was before it was converted. */
export type ConstantPlace = {
  readonly where: string
  readonly path: string
  readonly nodeId: string
  readonly received: JsonValue
  readonly suggest: Suggest
}

const KINDS: Readonly<Record<ParamManifest['kind'], string>> = {
  int: 'a whole number',
  seed: `a whole number from 0 to ${MAX_SEED}`,
  float: 'a number',
  text: 'a text',
  boolean: 'true or false',
  choice: 'one of its options',
}

/** The constant cannot be converted. */
export function wrongKind(param: ParamManifest, place: ConstantPlace, reason: string): Problem {
  return problemOf(param, place, {
    code: 'WRONG_VALUE_TYPE',
    message: `${place.where} must be ${KINDS[param.kind]}, but is ${shown(place.received)}: ${reason}.`,
    details: { received: place.received, reason },
  })
}

/** The converted constant breaks the schema of the setting. */
export function faultProblem(param: ParamManifest, place: ConstantPlace, fault: Fault): Problem {
  switch (fault.keyword) {
    case 'minimum':
    case 'maximum': {
      const small = fault.keyword === 'minimum'
      const limit = Number(fault.params['limit'])
      return problemOf(param, place, {
        code: 'VALUE_OUT_OF_RANGE',
        message: `${place.where} is ${shown(place.received)}, ${small ? 'less than the smallest' : 'more than the largest'} value allowed, ${limit}. Use ${rangeOf(param)}.`,
        details: { received: place.received, bound: small ? 'min' : 'max', limit },
      })
    }
    case 'seed': {
      const small = typeof place.received === 'bigint' ? place.received < 0n : Number(place.received) < 0
      return problemOf(param, place, {
        code: 'VALUE_OUT_OF_RANGE',
        message: `${place.where} is ${shown(place.received)}. Use a whole number from 0 to ${MAX_SEED}.`,
        details: { received: place.received, bound: small ? 'min' : 'max', limit: small ? 0 : MAX_SEED },
      })
    }
    case 'enum':
      return notInList(param, place, param.kind === 'choice' ? (param.options ?? []) : [])
    default:
      return wrongKind(param, place, fault.message)
  }
}

/** The constant is not in the list that the host found. */
export function notInList(param: ParamManifest, place: ConstantPlace, options: readonly string[]): Problem {
  const received = place.received
  const source = param.kind === 'choice' ? param.source : undefined
  const isEmpty = options.length === 0
  const [missing, list] =
    source === undefined
      ? [
          'which is not in its list.',
          isEmpty ? 'There is nothing to choose from.' : `Choose ${listOf(options)}.`,
        ]
      : [
          `and the folder "${source}" has no such file.`,
          `Put it there${isEmpty ? '' : `, or choose ${listOf(options)}`}.`,
        ]
  const guess = typeof received === 'string' ? place.suggest(received, options) : ''
  return problemOf(param, place, {
    code: 'VALUE_NOT_IN_LIST',
    message: `${place.where} is ${shown(received)}, ${missing}${guess} ${list}`,
    details: { received, options: options.slice(0, 20), count: options.length },
  })
}

/** What a choice may be: its options, then what the host lists under its source; undefined while that is not known. */
export function choiceList(
  param: ParamManifest,
  choices: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  if (param.kind !== 'choice') return undefined
  const { options = [], source } = param
  if (source === undefined) return options
  const listed = choices.get(source)
  return listed === undefined || options.length === 0 ? listed : [...options, ...listed]
}

function problemOf(
  param: ParamManifest,
  { path, nodeId }: ConstantPlace,
  rest: Pick<Problem, 'code' | 'message' | 'details'>,
): Problem {
  return { ...rest, severity: 'error', path, nodeId, input: param.name }
}

function rangeOf(param: ParamManifest): string {
  if (param.kind !== 'int' && param.kind !== 'float') return KINDS[param.kind]
  const { min, max } = param
  if (min === undefined) return `${max} or less`
  return max === undefined ? `${min} or more` : `a value from ${min} to ${max}`
}

function listOf(options: readonly string[]): string {
  const first = options.slice(0, 8).map((option) => `"${option}"`)
  const more = options.length - first.length
  return first.join(', ') + (more > 0 ? ` or one of ${more} more` : '')
}

/** A value for a sentence: short, and never more than one line. */
export function shown(value: JsonValue): string {
  const text = value instanceof JsonFloat ? value.source : stringifyJson(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
