/** Writes the ONNX graphs that a weight file would be run with, for tools that read ONNX. */
import { copyFile, link, mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  clipGraph,
  decoderGraph,
  describeKeys,
  encoderGraph,
  fluxTransformer,
  type ModelFile,
  openModelFile,
  t5Graph,
} from '@dicache/models'
import type { GraphSource } from '@dicache/tensor'

export type WrittenGraph = { readonly file: string; readonly bytes: number }

/** Why there are no graphs of a file, with a code of the catalogue. */
export class GraphsError extends Error {
  override readonly name: string = 'GraphsError'
  readonly code: 'UNKNOWN_FAMILY' | 'VALUE_OUT_OF_RANGE'
  readonly path: string
  constructor(code: GraphsError['code'], message: string, path: string) {
    super(message)
    this.code = code
    this.path = path
  }
}

/**
 * Writes `NAME.onnx` files into `folder`, with the weight file beside them (hard-linked where the disk allows, else copied): external
 * data of a model given by path must lie in its own folder. A failure leaves none of them.
 * @throws GraphsError for a depth that does not fit the model and for unknown families; WeightsError for files that cannot be used.
 */
export async function writeGraphs(
  weights: string,
  options: { readonly depth: number; readonly folder: string },
): Promise<readonly WrittenGraph[]> {
  const model = await openModelFile(weights)
  const placed: string[] = []
  try {
    const sources = sourcesOf(model, options.depth)
    const graphs = await Promise.all(
      Object.entries(sources).map(async ([name, source]) => ({ name, bytes: await source.bytes() })),
    )
    await mkdir(options.folder, { recursive: true })
    for (const name of new Set([...model.file.tensors.values()].map(({ file }) => file))) {
      const to = path.join(options.folder, name)
      await placeWhole(to, placed, async (partial) => linkOrCopy(path.join(model.file.folder, name), partial))
    }
    const written: WrittenGraph[] = []
    for (const { name, bytes } of graphs) {
      const file = path.join(options.folder, `${name}.onnx`)
      await placeWhole(file, placed, async (partial) => writeFile(partial, bytes))
      written.push({ file, bytes: bytes.length })
    }
    return written
  } catch (error) {
    for (const file of placed) await rm(file, { force: true })
    throw error
  } finally {
    await model.file.close()
  }
}

function sourcesOf(model: ModelFile, depth: number): Readonly<Record<string, GraphSource>> {
  const { file, found } = model
  const options = { compute: 'float32', weights: 'resident' } as const
  switch (found.kind) {
    case 'flux': {
      const blocks = found.config.doubleBlocks + found.config.singleBlocks
      if (depth >= blocks)
        throw new GraphsError(
          'VALUE_OUT_OF_RANGE',
          `a probe of ${depth} blocks leaves nothing to skip: the model has ${blocks}; give a --depth from 0 to ${blocks - 1}`,
          model.path,
        )
      return fluxTransformer(file, found.config, { ...options, fileKey: model.path }).parts(depth)
    }
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
      throw new GraphsError(
        'UNKNOWN_FAMILY',
        `${model.path} is of no family this version knows, so there is no graph for it; give a FLUX.1 transformer, a T5 or CLIP text encoder, or an autoencoder. Seen: ${describeKeys(model.file)}`,
        model.path,
      )
  }
}

/** Puts a file in its place in one step, over what may be there; what was not there before is noted in `placed`. */
async function placeWhole(
  to: string,
  placed: string[],
  write: (partial: string) => Promise<void>,
): Promise<void> {
  const partial = `${to}.partial-${process.pid}`
  const there = (await stat(to).catch(() => undefined)) !== undefined
  try {
    await write(partial)
    await rename(partial, to)
    if (!there) placed.push(to)
  } finally {
    await rm(partial, { force: true })
  }
}

/** A hard link to the file itself: ONNX Runtime follows no symbolic link out of a model's folder. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  const real = await realpath(from)
  await link(real, to).catch(() => copyFile(real, to))
}
