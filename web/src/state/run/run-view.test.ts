import type { RunEvent } from '@dicache/protocol'
import { expect, it } from 'vitest'
import { applyEvent, isPicture, newRun } from './run-view.ts'

const common = { runId: 'r', atMs: 1, nodeId: '5', nodeType: 'PreviewAny', displayId: '5' } as const
const file = { filename: 'a_00001_.png', subfolder: '', type: 'output' } as const

it.each<[string, RunEvent]>([
  ['finished', { ...common, type: 'node.finished', seq: 1, durationMs: 2, ui: { text: ['one', 'two'] } }],
  ['cached', { ...common, type: 'node.cached', seq: 1, ui: { text: ['one', 'two'] } }],
])('keeps the text of a node that was %s', (_, event) => {
  expect(applyEvent(newRun('r'), event).nodes.get('5')).toMatchObject({ text: 'one\ntwo', files: [] })
})

it('has no text where a node gave none, and leaves out what is none', () => {
  const images: RunEvent = {
    ...common,
    type: 'node.finished',
    seq: 1,
    durationMs: 2,
    ui: { images: [file], text: [5] },
  }
  const node = applyEvent(newRun('r'), images).nodes.get('5')
  expect(node?.files).toEqual([file])
  expect(node).not.toHaveProperty('text')
})

it('knows the files that a page can show', () => {
  const shown = ['a.PNG', 'b.webp', 'c.jpeg', 'd.svg', 'e.png.txt', 'png'].filter((filename) =>
    isPicture({ filename }),
  )
  expect(shown).toEqual(['a.PNG', 'b.webp', 'c.jpeg'])
})
