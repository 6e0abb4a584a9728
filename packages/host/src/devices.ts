/** Names of the devices, without loading the runtime. */
import type { DeviceChoice } from '@dicache/runtime'

export const DEVICES: readonly DeviceChoice[] = ['auto', 'cpu', 'cuda', 'webgpu']
