/** Which devices this build of ONNX Runtime can use, and what to do about one that it cannot. */
import type { InferenceSession } from 'onnxruntime-node'
import { RuntimeError } from './runtime-error.ts'

export const DEVICES = ['auto', 'cpu', 'cuda', 'webgpu'] as const
export type DeviceChoice = (typeof DEVICES)[number]
export type Device = Exclude<DeviceChoice, 'auto'>

/** A session opener to probe a device with: opens and drops a tiny session, or throws. */
export type TryDevice = (device: Device) => Promise<void>

const HELP: Readonly<Record<Device, string>> = {
  cpu: 'the CPU provider is part of every build; reinstall the packages',
  cuda: 'install the NVIDIA driver, CUDA 12 and cuDNN 9, then fetch the provider library once with `node node_modules/onnxruntime-node/script/install` (Linux x64)',
  webgpu: 'a GPU with a Vulkan, Metal or D3D12 driver is needed; on a machine without one use --device cpu',
}

/** The execution providers of a device, in ONNX Runtime's names. Nothing is appended: no silent fall back. */
export function providersOf(
  device: Device,
): NonNullable<InferenceSession.SessionOptions['executionProviders']> {
  return [device]
}

/**
 * Resolves `auto` to the best device that opens a session: CUDA, then CPU. WebGPU is used only when asked for, until a
 * measurement shows it ahead of the CPU on common machines.
 * @throws RuntimeError DEVICE_UNAVAILABLE when the named device opens no session.
 */
export async function chooseDevice(choice: DeviceChoice, tryDevice: TryDevice): Promise<Device> {
  if (choice === 'cpu') return choice
  if (choice !== 'auto') {
    try {
      await tryDevice(choice)
      return choice
    } catch (cause) {
      throw new RuntimeError(
        'DEVICE_UNAVAILABLE',
        `device ${choice} is not available here: ${HELP[choice]}`,
        { cause },
      )
    }
  }
  try {
    await tryDevice('cuda')
    return 'cuda'
  } catch {
    return 'cpu'
  }
}
