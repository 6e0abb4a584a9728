/** The composition root: packs, runtime and engine as one value that runs workflows. */
import {
  createEngine,
  createRegistry,
  createResourceStore,
  type Engine,
  listSource,
  type Registry,
} from '@dicache/engine'
import type { Device, DeviceChoice } from '@dicache/runtime'
import type { SavedFile } from '@dicache/protocol'
import type { HostServices, Pack } from '@dicache/sdk'
import { bundledModels, loadBuiltInPacks, loadPack } from './built-in-packs.ts'
import { notingModels } from './noting-models.ts'
import { type HomeFolders, homeFolders } from './home.ts'
import { inputFiles } from './input-files.ts'
import { modelFolders } from './model-folders.ts'
import { lazyRuntime } from './open-runtime.ts'
import { outputFiles, savedPath } from './output-files.ts'
import { createMemoryGauge } from './process-bytes.ts'
import { unloadingEngine } from './unloading-engine.ts'
import { createResultCache, type ResultCacheOptions } from './results/result-cache.ts'

export type HostOptions = {
  /** The user's folder: models, inputs, outputs. */
  readonly home: string
  /** More folders of models, in ComfyUI's layout. */
  readonly models?: readonly string[]
  /** Where outputs go instead of `home/output`. */
  readonly output?: string
  /** Where temporary pictures go instead of `home/temp`. */
  readonly temp?: string
  /** @defaultValue 'auto' */
  readonly device?: DeviceChoice
  /** Threads inside an operator. @defaultValue 0, one per physical core */
  readonly threads?: number
  /** Bytes of weights that stay loaded between runs. @defaultValue no limit */
  readonly memoryBudgetBytes?: number
  /** Which results of nodes are kept. @defaultValue 256 MiB in memory, nothing on disk */
  readonly cache?: ResultCacheOptions
  /** Packs instead of the built-in ones, for tests. */
  readonly packs?: readonly Pack[]
  /** Modules with more packs (`export const pack`), by specifier or file URL. */
  readonly packModules?: readonly string[]
  /** Told of every file that a node saved, with its bytes. */
  readonly onSaved?: (file: SavedFile, bytes: Uint8Array) => void
}

export type Host = {
  readonly registry: Registry
  readonly engine: Engine
  readonly folders: HomeFolders
  readonly models: HostServices['models']
  /** The names that a choice's `source` stands for: `models/<folder>`, `input`. @throws TypeError for one that no host has */
  readonly choices: (source: string) => Promise<readonly string[]>
  /** Where graphs run, once the first one is opened: what `auto` chose. */
  readonly device: () => Device | undefined
  /** Makes sure of a device that was asked for by name, before anything runs. @throws RuntimeError DEVICE_UNAVAILABLE */
  readonly checkDevice: () => Promise<void>
  /** Lets go of loaded models, or of results that are kept, on disk too. Call it when nothing runs. */
  readonly free: (what: { readonly models: boolean; readonly results: boolean }) => Promise<void>
  /** Unloads models and closes files. Call it when nothing runs. */
  readonly dispose: () => Promise<void>
}

/** Loads the packs and puts the host together. ONNX Runtime is loaded with the first graph. */
export async function createHost(options: HostOptions): Promise<Host> {
  const folders = homeFolders(options.home, {
    ...(options.models === undefined ? {} : { models: options.models }),
    ...(options.output === undefined ? {} : { output: options.output }),
    ...(options.temp === undefined ? {} : { temp: options.temp }),
  })
  const runtime = lazyRuntime({
    device: options.device ?? 'auto',
    threads: options.threads ?? 0,
    ...(options.memoryBudgetBytes === undefined ? {} : { memoryBudgetBytes: options.memoryBudgetBytes }),
  })
  const bundled = bundledModels()
  const resources = createResourceStore()
  const models = modelFolders(folders.models, bundled)
  const registry = createRegistry([
    ...(options.packs ?? (await loadBuiltInPacks())),
    ...(await Promise.all((options.packModules ?? []).map(loadPack))),
  ])
  const services: HostServices = {
    openGraph: async (source, signal) => (await runtime.get()).openGraph(source, signal),
    device: options.device === undefined || options.device === 'auto' ? 'cpu' : options.device,
    bundledFolder: bundled.folder,
    models,
    inputs: inputFiles(folders),
    outputs: telling(outputFiles(folders), options.onSaved),
    resource: resources.resource,
  }
  const cache = createResultCache(options.cache ?? {}, {
    cacheFolder: folders.cache,
    device: options.device ?? 'auto',
    pathOf: (file) => savedPath(folders, file),
  })
  const free: Host['free'] = async ({ models: unload, results }) => {
    if (results) await cache.clear()
    if (!unload) return
    await cache.clearMemory() // results may hold what is unloaded
    await resources.trim(0)
    await runtime.unload()
  }
  const engine = unloadingEngine(
    createEngine({
      registry,
      host: services,
      watchHost: (note) => ({ ...services, models: notingModels(models, note) }),
      cache,
      processBytes: createMemoryGauge(),
    }),
    () => free({ models: true, results: false }),
  )
  return {
    registry,
    engine,
    folders,
    models,
    choices: (source) => listSource(source, services),
    device: runtime.device,
    checkDevice: runtime.check,
    free,
    async dispose() {
      await runtime.dispose()
      await resources.dispose()
    },
  }
}

/** Outputs that tell of every file. */
function telling(outputs: HostServices['outputs'], onSaved: HostOptions['onSaved']): HostServices['outputs'] {
  if (onSaved === undefined) return outputs
  return {
    async save(file) {
      const saved = await outputs.save(file)
      onSaved(saved, file.bytes)
      return saved
    },
  }
}
