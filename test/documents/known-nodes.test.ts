/** Nodes with ComfyUI's names take their widgets in ComfyUI's order: else a file from there would be read wrong. */
import { readObjectInfo } from '@dicache/engine'
import { createHost } from '@dicache/host'
import type { JsonObject } from '@dicache/protocol'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const TABLE = new URL('../../packages/engine/src/documents/generated/known-nodes.json', import.meta.url)

it('D-4 installed nodes begin with the widgets that ComfyUI’s nodes of that name have', async () => {
  const known = readObjectInfo(JSON.parse(await readFile(TABLE, 'utf8')) as JsonObject)
  const { registry, dispose } = await createHost({ home: '/nowhere/at/all' })
  let compared = 0
  for (const { type, params, outputs } of registry.manifests) {
    const theirs = known.get(type)
    if (theirs === undefined) continue
    compared++
    const widgets = params.filter(({ socketOnly }) => !socketOnly).map(({ name }) => name)
    const wanted = theirs.params.filter(({ socketOnly }) => !socketOnly).map(({ name }) => name)
    expect(`${type}: ${widgets.slice(0, wanted.length).join(' ')}`).toBe(`${type}: ${wanted.join(' ')}`)
    expect(`${type}: ${outputs.length}`).toBe(`${type}: ${theirs.outputs.length}`)
  }
  expect(compared).toBeGreaterThan(10)
  await dispose()
})
