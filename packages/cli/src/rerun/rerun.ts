/** Makes a run of the history again, in this process and without kept results. */
import { createHash } from 'node:crypto'
import process from 'node:process'
import { describeRun, type Host, openWorkflow, refusal, type UsedModel } from '@dicache/host'
import {
  isJsonObject,
  type JsonValue,
  parseJson,
  type RunModel,
  type RunOutput,
  type SavedFile,
} from '@dicache/protocol'
import type { StoredRun } from '@dicache/server'
import type { RunFacts } from './compare-runs.ts'

/** Hashes of what is saved and opened while a run is made. */
export type Recorder = {
  readonly onSaved: (file: SavedFile, bytes: Uint8Array) => void
  readonly onModel: (model: UsedModel) => void
  readonly saved: ReadonlyMap<string, Pick<RunOutput, 'sha256' | 'sizeBytes'>>
  readonly models: (hashes: Host['hashes']) => Promise<readonly RunModel[]>
}

export function createRecorder(): Recorder {
  const saved = new Map<string, Pick<RunOutput, 'sha256' | 'sizeBytes'>>()
  const opened = new Map<string, UsedModel>()
  return {
    saved,
    onSaved(file, bytes) {
      saved.set(keyOf(file), {
        sha256: createHash('sha256').update(bytes).digest('hex'),
        sizeBytes: bytes.length,
      })
    },
    onModel: (file) => void opened.set(`${file.folder} ${file.name}`, file),
    async models(hashes) {
      const files = [...opened.values()]
      await hashes.settle(files)
      return files.map(({ path, ...model }) => {
        const sha256 = hashes.known({ ...model, path })
        return { ...model, ...(sha256 !== undefined && { sha256 }) }
      })
    },
  }
}

/**
 * Runs it and gives what came of it, to be compared.
 * @throws HostError when its document cannot run here
 */
export async function rerun(
  host: Host,
  record: StoredRun,
  {
    recorder,
    signal,
    program,
  }: { readonly recorder: Recorder; readonly signal: AbortSignal; readonly program: string },
): Promise<RunFacts & { readonly files: readonly SavedFile[] }> {
  const opened = await openWorkflow(host, record.document, { targets: record.targets, signal })
  const described = describeRun(host, opened)
  if (opened.graph === undefined || opened.validation === undefined || described === undefined)
    throw refusal(opened.problems)
  if (described.targets.length < record.targets.length) throw refusal(opened.problems)
  const files: (SavedFile & { readonly nodeId: string })[] = []
  const result = await host.engine.run(opened.graph, {
    validation: opened.validation,
    signal,
    onModel: recorder.onModel,
    ...(record.editorDocument !== undefined && {
      document: parseJson(record.editorDocument, { keepFloats: true }),
    }),
    onEvent(event) {
      if (event.type !== 'node.finished') return
      for (const value of Object.values(event.ui ?? {}).flat()) {
        const file = fileOf(value)
        if (file !== undefined && recorder.saved.has(keyOf(file)))
          files.push({ ...file, nodeId: event.nodeId })
      }
    },
  })
  const device = host.device()
  return {
    status: result.status,
    files,
    outputs: files.map((file) => ({
      ...file,
      ...(recorder.saved.get(keyOf(file)) ?? { sha256: '', sizeBytes: 0 }),
    })),
    models: await recorder.models(host.hashes),
    versions: {
      program,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      nodeTypes: described.nodeTypes,
      ...(device !== undefined && { device }),
    },
  }
}

function fileOf(value: JsonValue): SavedFile | undefined {
  if (!isJsonObject(value)) return undefined
  const { filename, subfolder, type } = value
  return typeof filename === 'string' &&
    typeof subfolder === 'string' &&
    (type === 'output' || type === 'temp' || type === 'input')
    ? { filename, subfolder, type }
    : undefined
}

function keyOf({ type, subfolder, filename }: SavedFile): string {
  return JSON.stringify([type, subfolder, filename])
}
