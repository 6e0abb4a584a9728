/** A JSON schema and the type it proves, under one name. */
import { Ajv } from 'ajv'
import type { ErrorObject, ValidateFunction } from 'ajv'
import type { ErrorCode } from './error-catalogue.ts'
import { MAX_SEED } from './manifest.ts'
import type { Parsed, Problem } from './problem.ts'

/** One way in which a value breaks a schema. */
export type Fault = {
  /** JSON pointer into the value. */
  readonly path: string
  /** The rule of JSON schema that is broken: `type`, `minimum`, `enum`, … */
  readonly keyword: string
  /** The rule's own facts, such as `limit`. */
  readonly params: Readonly<Record<string, unknown>>
  readonly message: string
}

/** A schema that proves a T. Values are returned as they are: fields it does not know stay. */
export type Schema<T> = {
  readonly name: string
  readonly json: object
  readonly is: (value: unknown) => value is T
  /** All faults at once; none for a T. */
  readonly faults: (value: unknown) => readonly Fault[]
  /** The value as a T, or its faults as problems. */
  readonly parse: (value: unknown) => Parsed<T>
}

/** More problems than this help nobody. */
const MAX_PROBLEMS = 50

/** Makes a schema; it is compiled at its first use. `codeOf` names a fault's code. */
export function createSchema<T>(
  name: string,
  json: object,
  codeOf: (fault: Fault) => ErrorCode = () => 'BAD_REQUEST',
): Schema<T> {
  let compiled: ValidateFunction | undefined
  const validator = (): ValidateFunction => (compiled ??= compile(json))
  const is = (value: unknown): value is T => validator()(value)
  const faults = (value: unknown): readonly Fault[] =>
    is(value) ? [] : (validator().errors ?? []).map(faultOf)
  return {
    name,
    json,
    is,
    faults,
    parse: (value) => {
      if (is(value)) return { ok: true, value }
      const found = faults(value).slice(0, MAX_PROBLEMS)
      return { ok: false, problems: found.map((fault) => problemOf(name, fault, codeOf(fault))) }
    },
  }
}

function compile(json: object): ValidateFunction {
  // The schemas are this project's own, so they are not checked against the schema of schemas.
  const ajv = new Ajv({
    allErrors: true,
    discriminator: true,
    meta: false,
    ownProperties: true,
    strict: false,
    strictNumbers: true,
    validateSchema: false,
  })
  // JSON schema knows no bigint.
  ajv.addKeyword({
    keyword: 'seed',
    validate: (_: boolean, value: unknown) => typeof value === 'bigint' && value >= 0n && value <= MAX_SEED,
    error: { message: `must be a whole number from 0 to ${MAX_SEED}` },
  })
  return ajv.compile(json)
}

function faultOf(fault: ErrorObject): Fault {
  const { instancePath, keyword, params, message } = fault
  return { path: instancePath, keyword, params, message: message ?? `breaks the rule "${keyword}"` }
}

function problemOf(name: string, { path, message }: Fault, code: ErrorCode): Problem {
  const where = path === '' ? name : `${name} at ${path}`
  return { code, message: `The ${where} ${message}.`, severity: 'error', path }
}
