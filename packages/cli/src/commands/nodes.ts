import { HostError, type NodeManifest, type ParamManifest } from '@dicache/protocol'
import { type Command, readWords } from '../command.ts'
import { createHostFrom, HOST_OPTIONS } from '../host-options.ts'
import type { Terminal } from '../terminal.ts'

export const command: Command = {
  usage: `dicache nodes [TYPE] [--json]

Lists the node types by category; with TYPE, all about one: inputs, settings with defaults and ranges, outputs.`,
  async run({ args, terminal, env }) {
    const words = readWords(args, HOST_OPTIONS)
    const host = await createHostFrom(words, env)
    try {
      const { manifests } = host.registry
      const [type] = words.positionals
      if (type === undefined) {
        listNodes(terminal, manifests)
        terminal.result({ nodes: manifests })
        return 0
      }
      const manifest = manifests.find((candidate) => candidate.type === type)
      if (manifest === undefined)
        throw new HostError(
          'UNKNOWN_NODE_TYPE',
          `there is no node type "${type}"; \`dicache nodes\` lists them`,
        )
      describeNode(terminal, manifest)
      terminal.result(manifest)
      return 0
    } finally {
      await host.dispose()
    }
  },
}

function listNodes(terminal: Terminal, manifests: readonly NodeManifest[]): void {
  const byCategory = Map.groupBy(manifests, ({ category }) => category)
  for (const [category, members] of [...byCategory].toSorted(([a], [b]) => a.localeCompare(b))) {
    terminal.line(category)
    for (const { type, description } of members)
      terminal.line(`  ${type.padEnd(20)} ${firstSentence(description)}`)
  }
}

function describeNode(terminal: Terminal, manifest: NodeManifest): void {
  terminal.line(`${manifest.type} (version ${manifest.version}): ${manifest.title}`)
  terminal.line(manifest.description)
  if (manifest.inputs.length > 0) terminal.line('inputs')
  for (const port of manifest.inputs)
    terminal.line(
      `  ${port.name.padEnd(16)} ${port.type}${port.optional ? ', optional' : ''}${note(port.description)}`,
    )
  if (manifest.params.length > 0) terminal.line('settings')
  for (const param of manifest.params)
    terminal.line(`  ${param.name.padEnd(16)} ${rangeOf(param)}${note(param.description)}`)
  if (manifest.outputs.length > 0) terminal.line('outputs')
  for (const port of manifest.outputs)
    terminal.line(`  ${port.name.padEnd(16)} ${port.type}${note(port.description)}`)
}

function rangeOf(param: ParamManifest): string {
  const fallback = param.default === undefined ? '' : `, default ${JSON.stringify(param.default)}`
  switch (param.kind) {
    case 'int':
    case 'float':
      return `${param.kind} ${param.min ?? '−∞'} … ${param.max ?? '∞'}${fallback}`
    case 'choice':
      return `${[...(param.options ?? []), ...(param.source === undefined ? [] : [`a file of ${param.source}`])].join(' | ')}${fallback}`
    case 'seed':
    case 'text':
    case 'boolean':
      return `${param.kind}${fallback}`
  }
}

function note(description: string | undefined): string {
  return description === undefined ? '' : `: ${description}`
}

/** Up to the first full stop that ends a sentence: not the one of "e.g." or of a number. */
function firstSentence(text: string): string {
  return /^.*?(?<!\b(?:e\.g|i\.e|etc|vs))[.!?](?=\s|$)/s.exec(text)?.[0] ?? text
}
