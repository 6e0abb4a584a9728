/** Checks one node: every input it has and every input it lacks. All faults at once. */
import { ANY_TYPE, paramType } from '@dicache/protocol'
import type { Fault, JsonValue, ParamConstant, ParamManifest, PortManifest, Problem } from '@dicache/protocol'
import { declaredDefault } from '../documents/param-default.ts'
import { nodeName, pointerStep } from '../graph.ts'
import type { GraphInput, GraphNode } from '../graph.ts'
import type { NodeType } from '../registry.ts'
import { choiceList, faultProblem, notInList, shown, wrongKind } from './check-constant.ts'
import type { ConstantPlace } from './check-constant.ts'
import { checkLink } from './check-link.ts'
import { coerceValue } from './coerce-value.ts'
import { constantKind } from './port-types.ts'
import type { Surroundings } from './surroundings.ts'

/** The node with its constants converted and its optional settings filled in, and its faults. */
export type CheckedNode = { readonly node: GraphNode; readonly problems: readonly Problem[] }

type Constant = {
  readonly param: ParamManifest
  readonly place: ConstantPlace
  readonly value: ParamConstant
}

/** Checks a node (SPEC V-2 … V-8, V-13). */
export function checkNode(node: GraphNode, around: Surroundings): CheckedNode {
  const type = around.registry.get(node.type)
  if (type === undefined) return { node, problems: [unknownType(node, around, 'error')] }
  const problems: Problem[] = []
  const inputs = new Map<string, GraphInput>()
  const constants: Constant[] = []
  for (const port of type.manifest.inputs) {
    const input = node.inputs.get(port.name)
    if (input === undefined) {
      if (!port.optional)
        problems.push(missing(node, port.name, `Connect an output of type ${port.type} to it`))
      continue
    }
    const expected = type.manifest.checksTypes ? { ...port, type: ANY_TYPE } : port
    const checked = checkPort(node, expected, input, around)
    if ('code' in checked) problems.push(checked)
    else inputs.set(port.name, checked)
  }
  for (const param of type.manifest.params) {
    const input = givenOrDefault(node, param)
    if (input === undefined) {
      if (!param.optional) problems.push(missing(node, param.name, 'Give it a value'))
      continue
    }
    if (input.kind === 'value') {
      const constant = convert(node, param, input, around)
      if ('code' in constant) problems.push(constant)
      else constants.push(constant)
      continue
    }
    if (input.kind === 'object') {
      problems.push(
        wrongKind(param, placeOf(node, param, { ...input, value: null }, around), 'it is no single value'),
      )
      continue
    }
    const expected = type.manifest.checksTypes ? ANY_TYPE : paramType(param)
    const checked = checkPort(node, { name: param.name, type: expected }, input, around)
    if ('code' in checked) problems.push(checked)
    else inputs.set(param.name, checked)
  }
  problems.push(...checkConstants(type, constants, around))
  for (const { param, place, value } of constants)
    inputs.set(param.name, { kind: 'value', value, path: place.path })
  problems.push(...keepUndeclaredLinks(node, type, inputs, around))
  return { node: { ...node, inputs }, problems }
}

/** What an input holds: null is nothing, and what an optional setting lacks is its default. */
function givenOrDefault(node: GraphNode, param: ParamManifest): GraphInput | undefined {
  const input = node.inputs.get(param.name)
  if (input !== undefined && !(input.kind === 'value' && input.value === null)) return input
  const value = param.optional ? declaredDefault(param) : undefined
  return value === undefined ? undefined : { kind: 'value', value, path: node.path }
}

function checkPort(
  node: GraphNode,
  port: Pick<PortManifest, 'name' | 'type'>,
  input: GraphInput,
  around: Surroundings,
): GraphInput | Problem {
  switch (input.kind) {
    case 'link':
      return checkLink(node, port.name, { ...input, expected: port.type }, around) ?? input
    case 'bad-link':
      return badLink(node, port.name, input.value, input.path)
    case 'object':
      return input
    case 'value': {
      if (port.type === '*') return input
      const kind = constantKind(port.type)
      const coerced = kind && coerceValue(kind, input.value)
      if (coerced?.ok) return { ...input, value: coerced.value }
      const reason =
        coerced === undefined ? `Connect an output of type ${port.type} to it` : `${coerced.reason}`
      return {
        code: 'WRONG_VALUE_TYPE',
        message: `The input "${port.name}" of ${nodeName(node)} takes ${port.type}, but has the value ${shown(input.value)}. ${reason}.`,
        severity: 'error',
        path: input.path,
        nodeId: node.id,
        input: port.name,
        details: { received: input.value, expected: port.type },
      }
    }
  }
}

type ValueInput = Pick<Extract<GraphInput, { kind: 'value' }>, 'value' | 'path'>

function placeOf(
  node: GraphNode,
  param: ParamManifest,
  input: ValueInput,
  { suggest }: Surroundings,
): ConstantPlace {
  const where = `The setting "${param.name}" of ${nodeName(node)}`
  return { where, path: input.path, nodeId: node.id, received: input.value, suggest }
}

function convert(
  node: GraphNode,
  param: ParamManifest,
  input: ValueInput,
  around: Surroundings,
): Constant | Problem {
  const place = placeOf(node, param, input, around)
  const coerced = coerceValue(param.kind, input.value)
  if (coerced.ok) return { param, place, value: coerced.value }
  return param.kind === 'choice'
    ? notInList(param, place, choiceList(param, around.choices) ?? [])
    : wrongKind(param, place, coerced.reason)
}

function checkConstants(
  type: NodeType,
  constants: readonly Constant[],
  around: Surroundings,
): readonly Problem[] {
  const values = Object.fromEntries(constants.map(({ param, value }) => [param.name, value]))
  const faults = new Map<string, Fault>()
  for (const fault of type.schema.faults(values)) faults.set(fault.path, fault)
  return constants.flatMap(({ param, place, value }): Problem[] => {
    const fault = faults.get(pointerStep(param.name))
    if (fault !== undefined) return [faultProblem(param, place, fault)]
    const list =
      param.kind === 'choice' && !param.checkedByNode ? choiceList(param, around.choices) : undefined
    return list === undefined || list.includes(String(value)) ? [] : [notInList(param, place, list)]
  })
}

/** Links to inputs that were not declared are computed and passed on; such constants are dropped. */
function keepUndeclaredLinks(
  node: GraphNode,
  type: NodeType,
  inputs: Map<string, GraphInput>,
  around: Surroundings,
): readonly Problem[] {
  const problems: Problem[] = []
  for (const [name, input] of node.inputs) {
    if (input.kind !== 'link' || type.ports.has(name) || type.params.has(name)) continue
    const problem = checkLink(node, name, { ...input, expected: undefined }, around)
    if (problem === undefined) inputs.set(name, input)
    else problems.push(problem)
  }
  return problems
}

/** The node's type is not in the registry. */
export function unknownType(
  node: GraphNode,
  { registry, suggest }: Surroundings,
  severity: Problem['severity'],
): Problem {
  return {
    code: 'UNKNOWN_NODE_TYPE',
    message: `${nodeName(node)} is of the type "${node.type}", which is not installed.${suggest(node.type, registry.types)} Install the pack that has it, or remove the node.`,
    severity,
    path: node.path,
    nodeId: node.id,
    details: { type: node.type },
  }
}

function missing(node: GraphNode, name: string, advice: string): Problem {
  return {
    code: 'REQUIRED_INPUT_MISSING',
    message: `The input "${name}" of ${nodeName(node)} is missing. ${advice}.`,
    severity: 'error',
    path: node.path,
    nodeId: node.id,
    input: name,
  }
}

function badLink(node: GraphNode, name: string, received: JsonValue, path: string): Problem {
  return {
    code: 'BAD_LINK',
    message: `The input "${name}" of ${nodeName(node)} is the list ${shown(received)}. A link is a list of two: the id of a node, and the number of its output.`,
    severity: 'error',
    path,
    nodeId: node.id,
    input: name,
    details: { received },
  }
}
