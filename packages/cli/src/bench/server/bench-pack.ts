/** Two nodes that cost nothing themselves: one gives a text, one shows pictures of the state so far. */
import { setTimeout as wait } from 'node:timers/promises'
import type { NodeManifest } from '@dicache/protocol'

type Preview = (image: {
  readonly mimeType: 'image/jpeg'
  readonly widthPx: number
  readonly heightPx: number
  readonly base64: string
}) => void

type Context = {
  readonly params: Readonly<Record<string, unknown>>
  readonly report: { readonly preview: Preview; readonly progress: (done: number, total: number) => void }
}

const shared = {
  version: 1,
  category: 'bench',
  description: 'For the bench.',
  inputs: [],
  outputs: [],
} as const

const text: NodeManifest = {
  ...shared,
  type: 'BenchText',
  title: 'Text',
  output: true,
  params: [{ name: 'value', kind: 'int', step: 1, default: 0 }],
}

const previews: NodeManifest = {
  ...shared,
  type: 'BenchPreviews',
  title: 'Previews',
  output: true,
  params: [
    { name: 'count', kind: 'int', step: 1, default: 50 },
    { name: 'bytes', kind: 'int', step: 1, default: 20_000 },
    { name: 'everyMs', kind: 'int', step: 1, default: 40 },
  ],
}

export const pack: { readonly name: string; readonly version: string; readonly nodes: readonly object[] } = {
  name: 'bench',
  version: '1.0.0',
  nodes: [
    { manifest: text, run: async ({ params }: Context) => ({ ui: { text: [String(params['value'])] } }) },
    {
      manifest: previews,
      async run({ params, report }: Context) {
        const count = Number(params['count'])
        const base64 = Buffer.alloc(Number(params['bytes']), 'x').toString('base64')
        for (let step = 1; step <= count; step += 1) {
          await wait(Number(params['everyMs']))
          report.progress(step, count)
          report.preview({ mimeType: 'image/jpeg', widthPx: 128, heightPx: 128, base64 })
        }
        return {}
      },
    },
  ],
}
