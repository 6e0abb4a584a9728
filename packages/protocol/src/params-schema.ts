/** The JSON schema that a node's settings must meet, derived from their declarations. */
import type { ParamManifest } from './manifest.ts'
import { createSchema } from './schema.ts'
import type { Schema } from './schema.ts'

/** A setting's value once it is converted: seeds are `bigint`. */
export type ParamConstant = string | number | bigint | boolean

/** Values by name, without those that are linked. */
export type ParamConstants = Readonly<Record<string, ParamConstant>>

/** Makes the schema of a node's settings. Lists that the host knows (`source`) are not part of it. */
export function paramsSchema(nodeType: string, params: readonly ParamManifest[]): Schema<ParamConstants> {
  const properties = Object.fromEntries(params.map((param) => [param.name, schemaOf(param)]))
  return createSchema<ParamConstants>(`settings of ${nodeType}`, { type: 'object', properties })
}

function schemaOf(param: ParamManifest): object {
  const free = param.checkedByNode === true
  switch (param.kind) {
    case 'int':
      return { type: 'integer', ...range(free ? {} : param, Number.MAX_SAFE_INTEGER) }
    case 'float':
      return { type: 'number', ...range(free ? {} : param, Number.MAX_VALUE) }
    case 'seed':
      return { seed: true }
    case 'text':
      return { type: 'string' }
    case 'boolean':
      return { type: 'boolean' }
    case 'choice':
      return param.options === undefined || param.source !== undefined || free
        ? { type: 'string' }
        : { enum: [...param.options] }
  }
}

function range({ min, max }: { readonly min?: number; readonly max?: number }, bound: number): object {
  return { minimum: min ?? -bound, maximum: max ?? bound }
}
