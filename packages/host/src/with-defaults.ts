/** API documents made by programs: settings that are left out take the node's defaults. ComfyUI's own rule is that they must be given. */
import type { Host } from './create-host.ts'

type ApiNodes = Readonly<
  Record<string, { readonly class_type: string; readonly inputs: Readonly<Record<string, unknown>> }>
>

/** The document with every declared default filled in. Unknown node types stay as they are: validation names them. */
export function withDefaults(host: Host, document: ApiNodes): ApiNodes {
  return Object.fromEntries(
    Object.entries(document).map(([id, node]) => {
      const params = host.registry.get(node.class_type)?.manifest.params ?? []
      const defaults = params.flatMap((param) => {
        const value = param.default ?? (param.kind === 'choice' ? param.options?.[0] : undefined)
        return value === undefined
          ? []
          : [[param.name, param.kind === 'seed' ? Number(value) : value] as const]
      })
      return [id, { ...node, inputs: { ...Object.fromEntries(defaults), ...node.inputs } }]
    }),
  )
}
