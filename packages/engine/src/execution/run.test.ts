import { expect, it } from 'vitest'
import { createMemoryCache } from '../index.ts'
import { createBench } from '../testing/api-graph.ts'

it('X-1 runs what the outputs depend on, sources first, and nothing else', async () => {
  const { run, stage, told } = createBench()
  const result = await run({
    show: ['Show', { value: ['sum', 0] }],
    sum: ['Add', { a: ['one', 0], b: ['two', 0] }],
    two: ['Number', { value: 2 }],
    one: ['Number', { value: 1 }],
    unused: ['Number', { value: 9 }],
  })
  expect(result.status).toBe('finished')
  expect(stage.journal).toEqual(['Number 1', 'Number 2', 'Add 1 2', 'Show 3'])
  expect(told()).toEqual([
    'run.started',
    'node.started one',
    'node.finished one',
    'node.started two',
    'node.finished two',
    'node.started sum',
    'node.finished sum',
    'node.started show',
    'node.finished show',
    'run.finished',
  ])
})

it('C smoke: runs nothing the second time', async () => {
  const { run, stage, told } = createBench({ cache: createMemoryCache() })
  const graph = { a: ['Number', { value: 2 }], b: ['Show', { value: ['a', 0] }] } as const
  await run(graph)
  await run(graph)
  expect(stage.journal).toEqual([])
  expect(told()).toEqual(['run.started', 'node.cached b', 'run.finished'])
})
