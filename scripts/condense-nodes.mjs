// Condenses the node definitions of a ComfyUI (what its GET /object_info answers) to what documents need to be
// converted: names, kinds, defaults and sockets, one line a node.
// node scripts/condense-nodes.mjs object_info.json > packages/engine/src/documents/generated/known-nodes.json
import { readFileSync } from 'node:fs'
import process from 'node:process'

const KEPT = ['default', 'forceInput', 'control_after_generate', 'image_upload', 'multiline']

/** @param {readonly unknown[]} spec */
function condenseInput([type, options = {}]) {
  const given = /** @type {Record<string, unknown>} */ (options)
  const list = Array.isArray(type) ? type : type === 'COMBO' ? given['options'] : undefined
  // Of a list only the first option matters: it is what a new node shows.
  const first = Array.isArray(list) && list.length > 0 ? { options: list.slice(0, 1) } : {}
  const kept = Object.fromEntries(KEPT.filter((key) => key in given).map((key) => [key, given[key]]))
  const more = { ...first, ...kept }
  return [list === undefined ? type : 'COMBO', ...(Object.keys(more).length > 0 ? [more] : [])]
}

/**
 * @typedef {Record<string, Record<string, readonly unknown[]>>} Inputs
 * @param {{ input?: Inputs, output: readonly string[], output_name: readonly string[], display_name?: string, name: string }} node
 */
function condenseNode({ input, output, output_name: names, display_name: title, name }) {
  const groups = ['required', 'optional'].flatMap((group) => {
    const inputs = Object.entries(input?.[group] ?? {})
    return inputs.length === 0
      ? []
      : [[group, Object.fromEntries(inputs.map(([key, spec]) => [key, condenseInput(spec)]))]]
  })
  const same = JSON.stringify(names) === JSON.stringify(output)
  return {
    ...(title && title !== name && { display_name: title }),
    ...(groups.length > 0 && { input: Object.fromEntries(groups) }),
    output,
    ...(!same && { output_name: names }),
  }
}

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('give the file with the answer of /object_info')
const nodes = Object.entries(JSON.parse(readFileSync(file, 'utf8')))
const lines = nodes.map(([type, node]) => `${JSON.stringify(type)}:${JSON.stringify(condenseNode(node))}`)
process.stdout.write(`{\n${lines.join(',\n')}\n}\n`)
