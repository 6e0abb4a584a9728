/** Opens a weight file once for all runs, and says how its graphs are to be computed on this machine. */
import { stat } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { describeKeys, type ModelFile, openModelFile } from '@dicache/models'
import type { HostServices } from '@dicache/sdk'

export type SharedModelFile = ModelFile & {
  /** Path, size and time of change: part of every session's key. */
  readonly key: string
  /** `resident`: weights cast to the compute type once; `streamed`: mapped as stored, cast on each run. */
  readonly weights: 'resident' | 'streamed'
}

/** Share of the machine's memory that one file's weights may take as float32. */
const RESIDENT_SHARE = 0.4

/** Opens a weight file and recognises it. Shared over runs until the file changes; the host closes it. */
export async function shareModelFile(host: HostServices, path: string): Promise<SharedModelFile> {
  const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }))
  const key = `${path} ${size} ${Math.trunc(mtimeMs)}`
  return host.resource(`weights ${key}`, async () => {
    const model = await openModelFile(path)
    const fits = host.device !== 'cpu' || model.parameters * 4 <= totalmem() * RESIDENT_SHARE
    return {
      value: { ...model, key, weights: fits ? ('resident' as const) : ('streamed' as const) },
      dispose: () => model.file.close(),
    }
  })
}

/** An error of this pack, with a code that the host's catalogue knows. */
export class ModelError extends Error {
  readonly code:
    | 'UNKNOWN_FAMILY'
    | 'MODEL_MISMATCH'
    | 'MISSING_COMPANION'
    | 'MISSING_TOKENIZER'
    | 'BAD_TOKENIZER'
  readonly path: string
  constructor(code: ModelError['code'], message: string, path: string) {
    super(message)
    this.name = 'ModelError'
    this.code = code
    this.path = path
  }
}

/** Says what was wanted and what was seen instead. */
export function unknownFamily(model: SharedModelFile, wanted: string): ModelError {
  const is =
    model.found.kind === 'unknown' ? 'is of no family this version knows' : `is a ${model.found.kind} file`
  return new ModelError(
    'UNKNOWN_FAMILY',
    `${model.path} ${is}; ${wanted} is needed here. Seen: ${describeKeys(model.file)}`,
    model.path,
  )
}
