/** Writes the ONNX graphs that a weight file would be run with, for tools that read ONNX. */
import { copyFile, link, mkdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  clipGraph,
  decoderGraph,
  encoderGraph,
  fluxTransformer,
  type ModelFile,
  openModelFile,
  t5Graph,
} from '@dicache/models'
import type { GraphSource } from '@dicache/tensor'

export type WrittenGraph = { readonly file: string; readonly bytes: number }

/**
 * Writes `NAME.onnx` files into `folder`, with the weight file beside them (hard-linked where the disk allows, else copied): external
 * data of a model given by path must lie in its own folder.
 * @throws RangeError when the probe depth does not fit the model; WeightsError for files that cannot be used.
 */
export async function writeGraphs(
  weights: string,
  options: { readonly depth: number; readonly folder: string },
): Promise<readonly WrittenGraph[]> {
  const model = await openModelFile(weights)
  try {
    const sources = sourcesOf(model, options.depth)
    await mkdir(options.folder, { recursive: true })
    for (const name of new Set([...model.file.tensors.values()].map(({ file }) => file))) {
      await place(path.join(model.file.folder, name), path.join(options.folder, name))
    }
    return await Promise.all(
      Object.entries(sources).map(async ([name, source]) => {
        const bytes = source.bytes()
        const file = path.join(options.folder, `${name}.onnx`)
        await writeFile(file, bytes)
        return { file, bytes: bytes.length }
      }),
    )
  } finally {
    await model.file.close()
  }
}

function sourcesOf(model: ModelFile, depth: number): Readonly<Record<string, GraphSource>> {
  const { file, found } = model
  const options = { compute: 'float32', weights: 'resident' } as const
  switch (found.kind) {
    case 'flux':
      return fluxTransformer(file, found.config, { ...options, fileKey: model.path }).parts(depth)
    case 't5':
      return {
        t5: t5Graph({ file, config: found.config, mask: false, outputs: ['last'], ...options }, model.path),
      }
    case 'clip':
      return {
        clip: clipGraph({ file, config: found.config, outputs: ['last', 'pooled'], ...options }, model.path),
      }
    case 'autoencoder': {
      const source = { file, config: found.config, ...options }
      const decoder = decoderGraph(source, model.path)
      return found.config.encoder === undefined
        ? { decoder }
        : { decoder, encoder: encoderGraph(source, model.path) }
    }
    case 'unknown':
      throw new TypeError(`${model.path} is of no family this version knows, so there is no graph for it`)
  }
}

async function place(from: string, to: string): Promise<void> {
  if ((await stat(to).catch(() => undefined)) !== undefined) return
  await link(from, to).catch(() => copyFile(from, to))
}
