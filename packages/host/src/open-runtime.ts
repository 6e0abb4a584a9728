/** The runtime, loaded when the first graph is opened: listing and validating nodes never loads ONNX Runtime. */
import type { Device, Runtime, RuntimeOptions } from '@dicache/runtime'

/** Loads ONNX Runtime and resolves the device. @throws RuntimeError DEVICE_UNAVAILABLE */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { createRuntime } = await import('@dicache/runtime')
  return createRuntime(options)
}

/** A runtime that opens itself at the first use. A failed opening is not remembered. */
export type LazyRuntime = {
  readonly get: () => Promise<Runtime>
  /** Opens it now when a device was asked for by name. @throws RuntimeError DEVICE_UNAVAILABLE */
  readonly check: () => Promise<void>
  /** The device of the opened runtime; undefined before the first graph. */
  readonly device: () => Device | undefined
  /** Unloads what does not run; it loads itself again when it is used. */
  readonly unload: () => Promise<void>
  readonly dispose: () => Promise<void>
}

export function lazyRuntime(options: RuntimeOptions): LazyRuntime {
  let opening: Promise<Runtime> | undefined
  let device: Device | undefined
  const lazy: LazyRuntime = {
    get() {
      if (opening === undefined) {
        const started = openRuntime(options)
        opening = started
        started.then(
          (opened) => {
            device = opened.device
          },
          () => {
            if (opening === started) opening = undefined
          },
        )
      }
      return opening
    },
    async check() {
      if (options.device !== undefined && options.device !== 'auto' && options.device !== 'cpu')
        await lazy.get()
    },
    device: () => device,
    async unload() {
      const opened = await opening?.catch(() => undefined)
      await opened?.unloadAll()
    },
    async dispose() {
      const opened = await opening?.catch(() => undefined)
      await opened?.dispose()
    },
  }
  return lazy
}
