/** The composition root: packs, runtime and engine as one value that runs workflows. */
import {
  createEngine,
  createMemoryCache,
  createRegistry,
  createResourceStore,
  type Engine,
  type Registry,
} from '@dicache/engine'
import type { Device, DeviceChoice } from '@dicache/runtime'
import type { HostServices, Pack } from '@dicache/sdk'
import { bundledModels, loadBuiltInPacks, loadPack } from './built-in-packs.ts'
import { type HomeFolders, homeFolders } from './home.ts'
import { inputFiles } from './input-files.ts'
import { modelFolders } from './model-folders.ts'
import { lazyRuntime } from './open-runtime.ts'
import { outputFiles } from './output-files.ts'

export type HostOptions = {
  /** The user's folder: models, inputs, outputs. */
  readonly home: string
  /** More folders of models, in ComfyUI's layout. */
  readonly models?: readonly string[]
  /** Where outputs go instead of `home/output`. */
  readonly output?: string
  /** @defaultValue 'auto' */
  readonly device?: DeviceChoice
  /** Threads inside an operator. @defaultValue 0, one per physical core */
  readonly threads?: number
  /** Bytes of weights that stay loaded between runs. @defaultValue no limit */
  readonly memoryBudgetBytes?: number
  /** Bytes of node results that are kept between runs. @defaultValue 256 MiB */
  readonly resultCacheBytes?: number
  /** Packs instead of the built-in ones, for tests. */
  readonly packs?: readonly Pack[]
  /** Modules with more packs (`export const pack`), by specifier or file URL. */
  readonly packModules?: readonly string[]
}

export type Host = {
  readonly registry: Registry
  readonly engine: Engine
  readonly folders: HomeFolders
  readonly models: HostServices['models']
  /** Where graphs run, once the first one is opened: what `auto` chose. */
  readonly device: () => Device | undefined
  /** Makes sure of a device that was asked for by name, before anything runs. @throws RuntimeError DEVICE_UNAVAILABLE */
  readonly checkDevice: () => Promise<void>
  /** Unloads models and closes files. Call it when nothing runs. */
  readonly dispose: () => Promise<void>
}

const RESULT_CACHE_BYTES = 256 * 2 ** 20

/** Loads the packs and puts the host together. ONNX Runtime is loaded with the first graph. */
export async function createHost(options: HostOptions): Promise<Host> {
  const folders = homeFolders(options.home, {
    ...(options.models === undefined ? {} : { models: options.models }),
    ...(options.output === undefined ? {} : { output: options.output }),
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
    outputs: outputFiles(folders),
    resource: resources.resource,
  }
  const engine = createEngine({
    registry,
    host: services,
    cache: createMemoryCache(options.resultCacheBytes ?? RESULT_CACHE_BYTES),
  })
  return {
    registry,
    engine,
    folders,
    models,
    device: runtime.device,
    checkDevice: runtime.check,
    async dispose() {
      await runtime.dispose()
      await resources.dispose()
    },
  }
}
