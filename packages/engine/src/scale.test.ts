import { parseWorkflow } from '@dicache/protocol'
import { testHost } from '@dicache/sdk/testing'
import { describe, expect, it } from 'vitest'
import {
  compileDocument,
  createEngine,
  createMemoryCache,
  createRegistry,
  planRun,
  validateGraph,
} from './index.ts'
import { apiGraph } from './testing/api-graph.ts'
import type { ShortNodes } from './testing/api-graph.ts'
import { createDemoPack } from './testing/demo-pack.ts'

const registry = createRegistry([createDemoPack()])

function chain(length: number): ShortNodes {
  const link = (index: number): unknown => (index === 0 ? 1 : [`n${index - 1}`, 0])
  const adds = Array.from({ length }, (_, index) => [`n${index}`, ['Add', { a: link(index), b: 1 }]] as const)
  return { ...Object.fromEntries(adds), end: ['Show', { value: [`n${length - 1}`, 0] }] }
}

/** Processor time of this thread: what else the machine does makes wall times meaningless. */
function cpuMs(action: () => unknown): number {
  const before = process.threadCpuUsage()
  action()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

describe('P-3, V-14', () => {
  it('validates and plans 10,000 nodes in less than 300 ms', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 2500 }, (_, index) => [
        [`a${index}`, ['Number', { value: index % 1000 }]],
        [`b${index}`, ['Number', { value: 1 }]],
        [`c${index}`, ['Add', { a: [`a${index}`, 0], b: [`b${index}`, 0] }]],
        [`d${index}`, ['Show', { value: [`c${index}`, 0] }]],
      ]).flat() as [string, ShortNodes[string]][],
    )
    for (const nodes of [wide, chain(10_000)]) {
      const graph = apiGraph(nodes, registry)
      const spent = Array.from({ length: 5 }, () =>
        cpuMs(() => {
          const { graph: checked, problems, runnable } = validateGraph(graph, registry)
          expect(problems).toEqual([])
          expect(
            planRun(checked, registry, { targets: runnable, runId: 'r' }).nodes.size,
          ).toBeGreaterThanOrEqual(10_000)
        }),
      )
      expect(Math.min(...spent)).toBeLessThan(300)
    }
  })

  it.each<[string, (index: number) => ShortNodes[string]]>([
    ['unknown types', (index) => [`Mystery node number ${index}`, { a: ['1', 0] }]],
    ['one unknown type', () => ['Setings', {}]],
    ['missing links', (index) => ['Show', { value: [`gone ${index}`, 0] }]],
    ['bad choices', (index) => ['Broken', { how: `no outpt ${index}` }]],
    ['cycles', (index) => ['Add', { a: [`${index}`, 0], b: [`${index - (index % 2)}`, 0] }]],
  ])('does not slow down on 10,000 nodes with %s', (_, node) => {
    const nodes = Object.fromEntries(
      Array.from({ length: 10_000 }, (_unused, index) => [String(index), node(index)]),
    )
    const graph = apiGraph({ ...nodes, show: ['Show', { value: ['5', 0] }] }, registry)
    const targets = [...graph.nodes.keys()]
    const spent = cpuMs(() => {
      expect(validateGraph(graph, registry, { targets }).problems.length).toBeGreaterThan(0)
    })
    expect(spent).toBeLessThan(2000)
  })

  it('compiles a UI document of 10,000 nodes', () => {
    const nodes = Array.from({ length: 10_000 }, (_, id) => ({
      id,
      type: id === 9999 ? 'Show' : 'Add',
      inputs: id === 0 ? [] : [{ name: id === 9999 ? 'value' : 'a', type: 'INT', link: id }],
      outputs: [{ name: 'sum', type: 'INT', links: [id + 1] }],
      mode: id > 0 && id < 5000 ? 4 : 0,
    }))
    const links = nodes.map(({ id }) => [id, id - 1, 0, id, 0, 'INT'])
    const parsed = parseWorkflow({ nodes, links })
    if (!parsed.ok) throw new Error(parsed.problems[0]?.message)
    const spent = cpuMs(() => {
      const { graph } = compileDocument(parsed.value, registry)
      expect(graph.nodes.get('5000')?.inputs.get('a')).toMatchObject({ kind: 'link', from: '0' })
    })
    expect(spent).toBeLessThan(2000)
  })
})

it('P-3 runs a chain of 5,000 nodes, and finds it in the cache at once', async () => {
  const engine = createEngine({ registry, host: testHost(), cache: createMemoryCache() })
  const graph = apiGraph(chain(5000), registry)
  const first = await engine.run(graph)
  expect(first).toMatchObject({ status: 'finished' })
  const before = process.threadCpuUsage()
  const second = await engine.run(graph)
  expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(1000)
  expect(second).toMatchObject({ status: 'finished' })
  if (second.status !== 'finished') throw new Error(second.status)
  expect([...second.nodes]).toMatchObject([['end', { status: 'cached', ui: { text: ['5001'] } }]])
})
