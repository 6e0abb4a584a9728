/** What a setting is when nothing was said about it. */
import { jsonInteger } from '@dicache/protocol'
import type { JsonValue, ParamManifest } from '@dicache/protocol'

/** The declared default; undefined when the node declares none. */
export function declaredDefault(param: ParamManifest): JsonValue | undefined {
  return param.kind === 'seed' ? jsonInteger(BigInt(param.default)) : param.default
}

/** What the editor shows in a new node: the declared default, or the plainest value of the kind. */
export function widgetDefault(param: ParamManifest): JsonValue | undefined {
  const declared = declaredDefault(param)
  if (declared !== undefined || param.optional) return declared
  switch (param.kind) {
    case 'int':
    case 'float':
      return Math.min(Math.max(0, param.min ?? 0), param.max ?? 0)
    case 'text':
      return ''
    case 'boolean':
      return false
    case 'choice':
      return param.options?.[0]
    case 'seed':
      return 0
  }
}
