/** The pairs of documents of the fixtures: the same workflow as the editor saves it, and as it is sent to run. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isJsonObject, type JsonObject, type JsonValue, parseJson, stringifyJson } from '@dicache/protocol'

const FOLDER = new URL('fixtures/', import.meta.url)

export type Pair = { readonly name: string; readonly ui: string; readonly api: string }

/** The path of a fixture. */
export function fixturePath(file: string): string {
  return fileURLToPath(new URL(file, FOLDER))
}

/** All pairs, as texts. */
export const pairs: readonly Pair[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ui.json'))
  .map((file) => ({
    name: file.replace('.ui.json', ''),
    ui: readFileSync(fixturePath(file), 'utf8'),
    api: readFileSync(fixturePath(file.replace('.ui.', '.api.')), 'utf8'),
  }))

/** A prompt as texts that can be compared: `node.input` → JSON in which 1 and 1.0 are the same; types as `node`. */
export function promptFacts(text: string): ReadonlyMap<string, string> {
  const facts = new Map<string, string>()
  const prompt = parseJson(text)
  if (!isJsonObject(prompt)) throw new Error('it is no prompt')
  for (const [id, node] of Object.entries(prompt)) {
    if (!isJsonObject(node)) throw new Error(`node ${id} is none`)
    facts.set(id, stringifyJson(node['class_type'] ?? null))
    for (const [name, value] of Object.entries(inputsOf(node)))
      facts.set(`${id}.${name}`, stringifyJson(value))
    const title = titleOf(node)
    if (title !== undefined) facts.set(`title of ${id}`, title)
  }
  return facts
}

function inputsOf(node: JsonObject): JsonObject {
  const inputs = node['inputs']
  return isJsonObject(inputs) ? inputs : {}
}

function titleOf({ _meta: meta }: JsonObject): string | undefined {
  const title: JsonValue | undefined = isJsonObject(meta) ? meta['title'] : undefined
  return typeof title === 'string' ? title : undefined
}
