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
  /** The device of the opened runtime; undefined before the first graph. */
  readonly device: () => Device | undefined
  readonly dispose: () => Promise<void>
}

export function lazyRuntime(options: RuntimeOptions): LazyRuntime {
  let opening: Promise<Runtime> | undefined
  let device: Device | undefined
  return {
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
    device: () => device,
    async dispose() {
      const opened = await opening?.catch(() => undefined)
      await opened?.dispose()
    },
  }
}
