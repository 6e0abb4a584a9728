/** The nodes. */
import { type JsonValue, stringifyJson } from '@dicache/protocol'
import type { ComfyContext } from '../comfy-context.ts'
import { type ComfyRoute, json } from '../define-route.ts'
import { type ChoicesOf, objectInfo } from '../object-info.ts'

export function objectInfoRoutes({ services, choices }: ComfyContext): readonly ComfyRoute[] {
  const { catalogue, log } = services
  /** The entry of a node; undefined for unknown ones, and for one that cannot be described, which must not hide the others. */
  const entryOf = (type: string, choicesOf: ChoicesOf): JsonValue | undefined => {
    const node = catalogue.get(type)
    if (node === undefined) return undefined
    try {
      return objectInfo(node.manifest, node.pack, choicesOf)
    } catch (error) {
      log.warn({ err: error, type }, 'a node cannot be described')
      return undefined
    }
  }
  return [
    {
      method: 'get',
      path: '/object_info',
      summary: 'All node types',
      answers: { 200: 'Definitions by type' },
      async handle() {
        const choicesOf = await choices()
        const entries = catalogue.manifests.flatMap(({ type }) => {
          const entry = entryOf(type, choicesOf)
          return entry === undefined ? [] : [`${JSON.stringify(type)}:${stringifyJson(entry)}`]
        })
        return { kind: 'text', text: `{${entries.join(',')}}` }
      },
    },
    {
      method: 'get',
      path: '/object_info/{node_class}',
      summary: 'One node type',
      parameters: { node_class: { description: 'The type', schema: { type: 'string' } } },
      answers: { 200: 'Its definition by type; empty when it is unknown' },
      async handle({ params: { node_class: type = '' } }) {
        const entry = entryOf(type, await choices())
        return entry === undefined
          ? json({})
          : { kind: 'text', text: `{${JSON.stringify(type)}:${stringifyJson(entry)}}` }
      },
    },
  ]
}
