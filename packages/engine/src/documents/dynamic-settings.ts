/** Choices that bring settings of their own (ComfyUI's `COMFY_DYNAMICCOMBO_V3`): which they are depends on the value (SPEC D-24). */
import { isJsonArray, isJsonObject, layoutWidgets, ownProperty } from '@dicache/protocol'
import type { JsonValue, ParamManifest } from '@dicache/protocol'
import type { NodeShape } from './node-shape.ts'
import { widgetDefault } from './param-default.ts'

/** The type with the settings that a document's values bring, behind the choices that bring them. */
export function withDynamic<T extends NodeShape | undefined>(shape: T, saved: JsonValue | undefined): T {
  return expand(shape, (param, upTo) => {
    if (isJsonObject(saved)) return ownProperty(saved, param.name)
    if (!isJsonArray(saved)) return undefined
    const index = layoutWidgets(upTo, saved).indexOf.get(param.name)
    return index === undefined ? undefined : saved[index]
  })
}

/** The same for the values of a prompt, by name. */
export function withDynamicBy<T extends NodeShape | undefined>(
  shape: T,
  valueOf: (name: string) => JsonValue | undefined,
): T {
  return expand(shape, ({ name }) => valueOf(name))
}

type ValueOf = (param: ParamManifest, upTo: readonly ParamManifest[]) => JsonValue | undefined

function expand<T extends NodeShape | undefined>(shape: T, valueOf: ValueOf): T {
  const { dynamic } = shape ?? {}
  if (shape === undefined || dynamic === undefined) return shape
  const params = [...shape.params]
  for (let index = 0; index < params.length; index += 1) {
    const [param] = params.slice(index)
    const brings = param && dynamic.get(param.name)
    if (param === undefined || brings === undefined) continue
    const value = valueOf(param, params.slice(0, index + 1)) ?? widgetDefault(param)
    params.splice(index + 1, 0, ...((typeof value === 'string' ? brings.get(value) : undefined) ?? []))
  }
  return { ...shape, params }
}
