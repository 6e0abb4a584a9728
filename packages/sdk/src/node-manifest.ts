/** A node's declaration without its functions, checked for contradictions. */
import { MAX_SEED } from '@dicache/protocol'
import type { NodeManifest, ParamManifest, PortManifest } from '@dicache/protocol'
import type { NodeSpec, Params, Ports } from './node-spec.ts'

/** Names that a result keeps for itself. */
const RESERVED = new Set(['ui', '__proto__'])

/** @throws TypeError when the declaration contradicts itself. */
export function nodeManifest(spec: NodeSpec<Ports, Params, Ports, boolean>): NodeManifest {
  const fail = (reason: string): never => {
    throw new TypeError(`defineNode(${JSON.stringify(spec.type)}): ${reason}`)
  }
  const inputs: PortManifest[] = Object.entries(spec.inputs ?? {}).map(([name, port]) => ({ ...port, name }))
  const params: ParamManifest[] = Object.entries(spec.params ?? {}).map(([name, param]) => ({
    ...param,
    name,
  }))
  const outputs: PortManifest[] = Object.entries(spec.outputs ?? {}).map(([name, port]) => ({
    ...port,
    name,
  }))
  const names = [...inputs, ...params].map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)

  if (spec.order !== undefined && [...spec.order].sort().join() !== [...names].sort().join())
    fail('order must name every input and parameter once')
  if (spec.type === '') fail('the type is empty')
  if (!Number.isSafeInteger(spec.version) || spec.version < 1)
    fail('version must be a whole number from 1 on')
  if (twice !== undefined) fail(`"${twice}" is the name of two inputs`)
  for (const { name } of [...inputs, ...params, ...outputs]) {
    if (RESERVED.has(name) || name === '') fail(`"${name}" is no name for an input or output`)
  }
  for (const { name, list } of inputs)
    if (list) fail(`the input "${name}" is a list: set inputIsList instead`)
  for (const { name, optional, lazy } of outputs) {
    if (optional || lazy) fail(`the output "${name}" is optional or lazy, which only inputs can be`)
  }
  const firstOptional = params.findIndex(({ optional }) => optional)
  if (firstOptional >= 0 && params.slice(firstOptional).some(({ optional }) => !optional)) {
    fail('required parameters must come before optional ones')
  }
  for (const param of params) {
    const reason = faultOf(param)
    if (reason !== undefined) fail(`parameter "${param.name}": ${reason}`)
  }
  for (const from of Object.keys(spec.migrations ?? {})) {
    if (!/^[1-9]\d*$/.test(from) || Number(from) >= spec.version)
      fail(`there is a migration from version ${from}, but versions go from 1 to ${spec.version}`)
  }
  if (spec.checksTypes && spec.validate === undefined) fail('checksTypes needs validate')
  if ((spec.checkLazy === undefined) !== ![...inputs, ...params].some(({ lazy }) => lazy)) {
    fail('checkLazy and lazy inputs need each other')
  }

  return {
    type: spec.type,
    version: spec.version,
    title: spec.title,
    category: spec.category,
    description: spec.description,
    inputs,
    params,
    ...(spec.order && { order: spec.order }),
    outputs,
    output: spec.output ?? false,
    ...(spec.notIdempotent && { notIdempotent: true }),
    ...(spec.inputIsList && { inputIsList: true }),
    ...(spec.concurrent && { concurrent: true }),
    ...(spec.checksTypes && { checksTypes: true }),
    ...(spec.experimental && { experimental: true }),
    ...(spec.deprecated && { deprecated: true }),
    ...(spec.aliases && { aliases: spec.aliases }),
  }
}

function faultOf(param: ParamManifest): string | undefined {
  switch (param.kind) {
    case 'int':
    case 'float': {
      const { min = -Infinity, max = Infinity, default: value } = param
      if (min > max) return `min ${min} is above max ${max}`
      if (value === undefined) return undefined
      if (param.kind === 'int' && !Number.isSafeInteger(value)) return `the default ${value} is not whole`
      return value >= min && value <= max ? undefined : `the default ${value} is outside ${min} … ${max}`
    }
    case 'seed': {
      const value = BigInt(param.default)
      return value >= 0n && value <= MAX_SEED ? undefined : `the default ${value} is outside 0 … ${MAX_SEED}`
    }
    case 'choice': {
      if (param.options === undefined && param.source === undefined) return 'give options, a source, or both'
      if (param.options === undefined || param.source !== undefined || param.default === undefined)
        return undefined
      return param.options.includes(param.default)
        ? undefined
        : `the default "${param.default}" is not an option`
    }
    case 'text':
    case 'boolean':
      return undefined
  }
}
