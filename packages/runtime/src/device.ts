/** Which devices this build of ONNX Runtime can use, and what to do about one that it cannot. */
import type { InferenceSession } from 'onnxruntime-node'
import { RuntimeError } from './runtime-error.ts'

export const DEVICES = ['auto', 'cpu', 'cuda', 'webgpu'] as const
export type DeviceChoice = (typeof DEVICES)[number]
export type Device = Exclude<DeviceChoice, 'auto'>

/** What choosing needs to know of the machine. */
export type DeviceFacts = {
  /** Whether the CUDA provider's library lies where this build of ONNX Runtime looks for it. */
  readonly cudaInstalled: () => boolean
  /** Opens and drops a tiny session, or throws. */
  readonly tryDevice: (device: Device) => Promise<void>
}

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
 * Resolves `auto` to CUDA where its library is installed and opens a session, else to the CPU. WebGPU is used only when asked for.
 * @throws RuntimeError DEVICE_UNAVAILABLE when the named device opens no session.
 */
export async function chooseDevice(choice: DeviceChoice, facts: DeviceFacts): Promise<Device> {
  if (choice === 'cpu') return choice
  if (choice === 'auto') {
    if (!facts.cudaInstalled()) return 'cpu'
    return facts.tryDevice('cuda').then(
      () => 'cuda',
      () => 'cpu',
    )
  }
  if (choice === 'cuda' && !facts.cudaInstalled()) throw unavailable(choice)
  try {
    await facts.tryDevice(choice)
    return choice
  } catch (cause) {
    throw unavailable(choice, cause)
  }
}

function unavailable(device: Device, cause?: unknown): RuntimeError {
  return new RuntimeError('DEVICE_UNAVAILABLE', `device ${device} is not available here: ${HELP[device]}`, {
    cause,
  })
}
