/** What a weight file is, as the loaders would recognise it. */
import { describeModelFile, openModelFile } from '@dicache/models'

export type FileDescription = {
  readonly path: string
  readonly kind: string
  readonly description: string
  readonly tensors: number
  readonly parameters: number
  readonly dtypes: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  /** Sizes read off keys and shapes; empty for an unknown family. */
  readonly config: unknown
}

/** Opens a weight file and describes it; only its header is read. @throws WeightsError with its own code. */
export async function describeFile(path: string, signal?: AbortSignal): Promise<FileDescription> {
  const model = await openModelFile(path, signal)
  try {
    const { file, found, parameters } = model
    return {
      path,
      kind: found.kind,
      description: describeModelFile(model),
      tensors: file.tensors.size,
      parameters,
      dtypes: [...new Set([...file.tensors.values()].map(({ dtype }) => dtype))],
      metadata: file.metadata,
      config: found.kind === 'unknown' ? {} : found.config,
    }
  } finally {
    await model.file.close()
  }
}
