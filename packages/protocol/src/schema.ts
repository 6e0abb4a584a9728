/** A JSON schema and the type it proves, under one name. */
import { Ajv } from 'ajv'
import type { ErrorObject, ValidateFunction } from 'ajv'
import type { ErrorCode } from './error-catalogue.ts'
import type { Parsed, Problem } from './problem.ts'

/** A schema that proves a T. Values are returned as they are: fields it does not know stay. */
export type Schema<T> = {
  readonly name: string
  readonly json: object
  readonly is: (value: unknown) => value is T
  /** All faults at once, each with its JSON pointer. */
  readonly parse: (value: unknown) => Parsed<T>
}

/** More faults than this help nobody. */
const MAX_PROBLEMS = 50

/** Makes a schema; it is compiled at its first use. `codeOf` names a fault's code. */
export function createSchema<T>(
  name: string,
  json: object,
  codeOf: (fault: ErrorObject) => ErrorCode = () => 'BAD_REQUEST',
): Schema<T> {
  let compiled: ValidateFunction | undefined
  const validator = (): ValidateFunction => {
    compiled ??= new Ajv({
      allErrors: true,
      allowUnionTypes: true,
      ownProperties: true,
      discriminator: true,
      strictRequired: false,
      strictTypes: false,
    }).compile(json)
    return compiled
  }
  const is = (value: unknown): value is T => validator()(value)
  return {
    name,
    json,
    is,
    parse: (value) => {
      if (is(value)) return { ok: true, value }
      const faults = (validator().errors ?? []).slice(0, MAX_PROBLEMS)
      return { ok: false, problems: faults.map((fault) => problemOf(name, fault, codeOf(fault))) }
    },
  }
}

function problemOf(name: string, fault: ErrorObject, code: ErrorCode): Problem {
  const where = fault.instancePath === '' ? name : `${name} at ${fault.instancePath}`
  const reason = fault.message ?? fault.keyword
  return { code, message: `The ${where} ${reason}.`, severity: 'error', path: fault.instancePath }
}
