import { isErrorCode, parseWorkflow, parseWorkflowText, stringifyJson } from '@dicache/protocol'
import type { JsonValue, Parsed, Problem, Workflow } from '@dicache/protocol'
import { testHost } from '@dicache/sdk/testing'
import { expect, it } from 'vitest'
import {
  applySettings,
  compileDocument,
  createEngine,
  createRegistry,
  listInputs,
  planRun,
  toApiDocument,
  validateGraph,
} from './index.ts'
import { createDemoPack } from './testing/demo-pack.ts'
import { createRandom, mutate, mutateText } from './testing/mutate.ts'

const registry = createRegistry([createDemoPack()])
const engine = createEngine({ registry, host: testHost() })

const UI = {
  last_node_id: 9,
  nodes: [
    {
      id: 1,
      type: 'Number',
      mode: 0,
      widgets_values: [3],
      outputs: [{ name: 'value', type: 'INT', links: [1, 2] }],
    },
    {
      id: 2,
      type: 'Through',
      mode: 4,
      inputs: [{ name: 'other', type: 'INT', link: 1 }],
      outputs: [{ type: 'INT', links: [3] }],
    },
    {
      id: 3,
      type: 'Reroute',
      inputs: [{ name: '', type: '*', link: 3 }],
      outputs: [{ type: '*', links: [4] }],
    },
    {
      id: '4',
      type: 'Settings',
      title: 'S',
      inputs: [{ name: 'steps', type: 'INT', link: 4, widget: { name: 'steps' } }],
      widgets_values: [7, 'fixed', 3, 1.5, 'text', 'heun', true, 'a.png', 'image', 'n', 2],
      outputs: [{ name: 'text', type: 'STRING', links: [5] }],
    },
    { id: 5, type: 'Show', inputs: [{ name: 'value', type: '*', link: 5 }] },
    { id: 6, type: 'PrimitiveNode', widgets_values: [5, 'fixed'], outputs: [{ type: 'INT', links: [6] }] },
    {
      id: 7,
      type: 'Add',
      inputs: [
        { name: 'a', type: 'INT', link: 6 },
        { name: 'b', type: 'INT', link: 2 },
      ],
      outputs: [{ links: [7] }],
    },
    { id: 8, type: 'Show', inputs: [{ name: 'value', type: '*', link: 7 }] },
    { id: 9, type: 'Note', widgets_values: ['note'] },
  ],
  links: [
    [1, 1, 0, 2, 0, 'INT'],
    [2, 1, 0, 7, 1, 'INT'],
    [3, 2, 0, 3, 0, 'INT'],
    [4, 3, 0, '4', 0, 'INT'],
    [5, '4', 0, 5, 0, 'STRING'],
    [6, 6, 0, 7, 0, 'INT'],
    [7, 7, 0, 8, 0, 'INT'],
  ],
  extra: { dicache: { inputs: { text: '4.text', steps: 'S.steps' }, values: { 4: { cfg: 2 } } } },
  version: 0.4,
}
const API = {
  1: { class_type: 'Number', inputs: { value: 3 } },
  2: {
    class_type: 'Settings',
    inputs: { seed: 1, steps: ['1', 0], cfg: 1, text: 'a', mode: 'lms', enabled: true, image: 'x' },
    _meta: { title: 'S' },
  },
  3: { class_type: 'Show', inputs: { value: ['2', 0] } },
  4: { class_type: 'Add', inputs: { a: ['1', 0], b: ['1', 0] } },
  5: { class_type: 'Choose', inputs: { yes: ['4', 0], no: ['3', 0], condition: true } },
  6: { class_type: 'Show', inputs: { value: ['4', 0] } },
}

const counts = { refused: 0, faulty: 0, fine: 0 }

function expectProblems(problems: readonly Problem[]): void {
  for (const { code, message, severity } of problems) {
    if (!isErrorCode(code) || message.length < 10 || !['error', 'warning'].includes(severity)) {
      throw new Error(`a bad problem: ${JSON.stringify({ code, message, severity })}`)
    }
  }
}

/** Everything that is done to a document before it runs. Gives the graph's keys when it can run. */
function survive(parsed: Parsed<Workflow>): Workflow | undefined {
  if (!parsed.ok) {
    expectProblems(parsed.problems)
    counts.refused++
    return undefined
  }
  const named = listInputs(parsed.value, registry)
  const settings = ['4.steps=9', 'S.text=x', 'text=y', '2.mode=euler', '1.value=2', '__proto__.a=1']
  const { workflow, problems } = applySettings(parsed.value, settings, registry)
  const compiled = compileDocument(workflow, registry)
  const checked = validateGraph(compiled.graph, registry)
  expectProblems([...named.problems, ...problems, ...compiled.problems, ...checked.problems])
  if (checked.runnable.length === 0) {
    counts.faulty++
    return undefined
  }
  counts.fine++
  const plan = planRun(checked.graph, registry, { targets: checked.runnable, runId: 'r' })

  // The API document of what was checked is the same graph.
  const written = parseWorkflowText(
    stringifyJson(toApiDocument(checked.graph, registry) as unknown as JsonValue),
  )
  if (!written.ok) throw new Error(JSON.stringify(written.problems))
  const again = validateGraph(compileDocument(written.value, registry).graph, registry, {
    targets: checked.runnable,
  })
  const keys = planRun(again.graph, registry, { targets: checked.runnable, runId: 'r' })
  for (const [id, { key }] of plan.nodes)
    if (keys.nodes.get(id)?.key !== key) throw new Error(`node ${id} has another key`)
  return workflow
}

it('survives 12,000 broken documents', () => {
  for (let seed = 0; seed < 12_000; seed++) {
    const random = createRandom(seed)
    const broken = mutate(seed % 2 === 0 ? UI : API, random, 1 + Math.floor(random() * 4))
    try {
      survive(parseWorkflow(broken))
    } catch (thrown) {
      throw new Error(`seed ${seed}: ${String(thrown)}\n${stringifyJson(broken as JsonValue)}`, {
        cause: thrown,
      })
    }
  }
  // The mutations must be neither all fatal nor all harmless.
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(200)
})

it('survives 4,000 broken texts', () => {
  const before = counts.refused
  for (let seed = 0; seed < 4000; seed++) {
    const random = createRandom(seed + 1e6)
    const text = mutateText(JSON.stringify(seed % 2 === 0 ? UI : API), random, 1 + Math.floor(random() * 3))
    try {
      survive(parseWorkflowText(text))
    } catch (thrown) {
      throw new Error(`seed ${seed}: ${String(thrown)}\n${text}`, { cause: thrown })
    }
  }
  expect(counts.refused - before).toBeGreaterThan(1000)
})

it('runs what is left of 300 broken documents to an end', async () => {
  const statuses = new Map<string, number>()
  for (let seed = 0; seed < 300; seed++) {
    const random = createRandom(seed + 2e6)
    const parsed = parseWorkflow(mutate(seed % 2 === 0 ? UI : API, random, 2))
    if (!parsed.ok) continue
    const { graph } = compileDocument(parsed.value, registry)
    const events: string[] = []
    const { status } = await engine.run(graph, {
      onEvent: ({ type }) => events.push(type),
      validation: validateGraph(graph, registry),
    })
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    expect(events.filter((type) => type.startsWith('run.'))).toEqual(
      status === 'refused' ? [] : ['run.started', `run.${status}`],
    )
  }
  expect(statuses.get('finished')).toBeGreaterThan(100)
})
