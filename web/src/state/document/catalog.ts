/** The node types that the server knows, and the few that exist only in the editor. */
import type { NodeManifest, ParamManifest } from '@dicache/protocol'

/** Node types by name, and the lists behind choices (`models/loras` → file names). */
export type Catalog = {
  readonly nodes: ReadonlyMap<string, NodeManifest>
  readonly sources: ReadonlyMap<string, readonly string[]>
}

const NOTE_TEXT: ParamManifest = { kind: 'text', name: 'text', default: '', multiline: true }
const editorNode = (
  type: string,
  title: string,
  description: string,
  rest: Partial<NodeManifest> = {},
): NodeManifest => ({
  type,
  version: 1,
  title,
  description,
  category: 'editor',
  inputs: [],
  params: [],
  outputs: [],
  output: false,
  ...rest,
})

/** Nodes that never reach the engine. */
export const EDITOR_NODES: readonly NodeManifest[] = [
  editorNode('Note', 'Note', 'A comment on the canvas. It is saved with the workflow and runs nothing.', {
    params: [NOTE_TEXT],
    aliases: ['comment', 'text'],
  }),
  editorNode('MarkdownNote', 'Markdown Note', 'A comment on the canvas, as ComfyUI saves it.', {
    params: [NOTE_TEXT],
  }),
  editorNode('Reroute', 'Reroute', 'A bend for a long link: what goes in comes out.', {
    inputs: [{ name: '', type: '*' }],
    outputs: [{ name: '', type: '*' }],
  }),
]

export const EMPTY_CATALOG: Catalog = {
  nodes: new Map(EDITOR_NODES.map((node) => [node.type, node])),
  sources: new Map(),
}

/** What a choice offers: its own options, then what the host found. */
export function choicesOf(catalog: Catalog, param: ParamManifest): readonly string[] {
  if (param.kind !== 'choice') return []
  const found = param.source === undefined ? [] : (catalog.sources.get(param.source) ?? [])
  return [...new Set([...(param.options ?? []), ...found])]
}
