/**
 * Breaks real workflows in reproducible ways, and does everything with what is left that is done to a document before
 * it runs. A process of its own: `fuzz.test.ts` gives it a small heap, and reads what it prints.
 */
import process from 'node:process'
import {
  applySettings,
  compileDocument,
  convertToApi,
  convertToUi,
  listInputs,
  stampDocument,
  validateGraph,
} from '@dicache/engine'
import { createRandom, mutate, mutateText } from '@dicache/engine/testing'
import { convertWorkflow, createHost } from '@dicache/host'
import {
  type ApiDocument,
  isErrorCode,
  parseWorkflow,
  parseWorkflowText,
  type Problem,
  stringifyJson,
  type JsonValue,
  type Workflow,
} from '@dicache/protocol'
import { pairs } from './fixtures.ts'
import { subgraphExample } from './subgraph-example.ts'

const cases = Number(process.argv[2])
const { registry } = await createHost({ home: '/nowhere/at/all' })
const texts = [
  ...pairs.flatMap(({ ui, api }) => [ui, ui, api]),
  ...Array(6).fill(subgraphExample),
] as readonly string[]
const trees = texts.map((text) => JSON.parse(text) as unknown)
const counts = { refused: 0, faulty: 0, fine: 0 }
let slowestMs = 0

function check(problems: readonly Problem[]): boolean {
  for (const { code, message, severity } of problems) {
    if (!isErrorCode(code) || message.length < 10 || !['error', 'warning'].includes(severity))
      throw new Error(`a bad problem: ${JSON.stringify({ code, message, severity })}`)
  }
  return problems.some(({ severity }) => severity === 'error')
}

/** Whether the document itself is at fault; settings and missing node types are another matter. */
function survive(workflow: Workflow, seed: number): boolean {
  const settings = ['6.text=x', '25.noise_seed=9', 'Text.text=y', '2:6.text=z', '2.text=w', 'x=1']
  const applied = applySettings(workflow, settings, registry)
  const compiled = compileDocument(applied.workflow, registry)
  const checked = validateGraph(compiled.graph, registry)
  const api = convertToApi(workflow, registry)
  if (workflow.format === 'ui') stampDocument(workflow.document, registry, { graph: checked.graph })
  for (const { problems } of [applied, listInputs(workflow, registry), checked]) check(problems)
  return [compiled, api, ...(seed % 4 === 1 ? thereAndBack(api.document) : [])]
    .map(({ problems }) => check(problems))
    .includes(true)
}

function thereAndBack(document: ApiDocument): readonly { readonly problems: readonly Problem[] }[] {
  const ui = convertToUi({ format: 'api', document }, registry, { layout: () => new Map() })
  return [ui, convertToApi({ format: 'ui', document: ui.document }, registry)]
}

for (let seed = 0; seed < cases; seed++) {
  const random = createRandom(seed)
  const source = Math.floor(random() * texts.length)
  const count = 1 + Math.floor(random() * 3)
  const asText = seed % 4 === 0
  const broken = asText
    ? mutateText(texts[source] ?? '', random, count)
    : mutate(trees[source], random, count)
  const startedAtMs = performance.now()
  try {
    const parsed = typeof broken === 'string' && asText ? parseWorkflowText(broken) : parseWorkflow(broken)
    if (!parsed.ok) check(parsed.problems)
    counts[parsed.ok ? (survive(parsed.value, seed) ? 'faulty' : 'fine') : 'refused']++
    // The layout costs more than all else.
    if (parsed.ok && seed % 50 === 0) {
      const text = stringifyJson(parsed.value.document as unknown as JsonValue)
      for (const to of ['api', 'ui'] as const)
        check((await convertWorkflow({ registry }, text, { to })).problems)
    }
  } catch (thrown) {
    const text = typeof broken === 'string' ? broken : stringifyJson(broken as JsonValue)
    throw new Error(`seed ${seed}: ${text.slice(0, 20_000)}`, { cause: thrown })
  }
  slowestMs = Math.max(slowestMs, performance.now() - startedAtMs)
}
console.log(JSON.stringify({ ...counts, slowestMs, peakRssBytes: process.resourceUsage().maxRSS * 1024 }))
