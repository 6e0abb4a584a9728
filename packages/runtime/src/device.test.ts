import { describe, expect, it } from 'vitest'
import { chooseDevice, DEVICES, type Device, type DeviceFacts, providersOf } from './device.ts'
import { createRuntime } from './runtime.ts'
import { RuntimeError } from './runtime-error.ts'

/** A machine that opens sessions on some devices only, and writes down what it was asked for. */
function machineWith(
  present: readonly Device[],
  cudaInstalled = present.includes('cuda'),
): DeviceFacts & { readonly asked: readonly Device[] } {
  const asked: Device[] = []
  return {
    asked,
    cudaInstalled: () => cudaInstalled,
    async tryDevice(device) {
      asked.push(device)
      if (!present.includes(device)) throw new Error(`no ${device} here`)
    },
  }
}

describe('a named device', () => {
  it('is used when it opens a session', async () => {
    for (const device of ['cpu', 'cuda', 'webgpu'] as const) {
      expect(await chooseDevice(device, machineWith(['cpu', 'cuda', 'webgpu']))).toBe(device)
    }
  })

  it.each([
    ['cuda', /CUDA 12 and cuDNN 9.*onnxruntime-node/],
    ['webgpu', /Vulkan, Metal or D3D12.*--device cpu/],
  ] as const)(
    '%s is never replaced: without it there is an error that says what to do',
    async (device, help) => {
      await expect(chooseDevice(device, machineWith(['cpu'], true))).rejects.toMatchObject({
        code: 'DEVICE_UNAVAILABLE',
        message: expect.stringMatching(help),
        cause: new Error(`no ${device} here`),
      })
    },
  )

  it('CUDA is not even tried without its library', async () => {
    const machine = machineWith(['cpu', 'cuda'], false)
    await expect(chooseDevice('cuda', machine)).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' })
    expect(machine.asked).toEqual([])
  })

  it('is the only provider of its sessions', () => {
    expect(providersOf('cuda')).toEqual(['cuda'])
    expect(providersOf('cpu')).toEqual(['cpu'])
  })
})

describe('auto', () => {
  it.each<[string, DeviceFacts & { readonly asked: readonly Device[] }, Device, readonly Device[]]>([
    ['takes CUDA where it opens a session', machineWith(['cpu', 'cuda', 'webgpu']), 'cuda', ['cuda']],
    ['takes the CPU where CUDA’s library does not', machineWith(['cpu'], true), 'cpu', ['cuda']],
    ['takes the CPU where CUDA is not installed, WebGPU or not', machineWith(['cpu', 'webgpu']), 'cpu', []],
  ])('%s', async (_, machine, device, asked) => {
    expect(await chooseDevice('auto', machine)).toBe(device)
    expect(machine.asked).toEqual(asked)
  })
})

it.each(DEVICES)('%s either works on this machine or says what is missing', async (choice) => {
  const said = await createRuntime({ device: choice }).then(
    async (runtime) => {
      await runtime.dispose()
      return runtime.device
    },
    (error: unknown) => (error instanceof RuntimeError ? `${error.code} ${error.message}` : String(error)),
  )
  const allowed = {
    auto: /^(cpu|cuda)$/,
    cpu: /^cpu$/,
    cuda: /^(cuda|DEVICE_UNAVAILABLE device cuda is not available here: install the NVIDIA driver.*)$/,
    webgpu: /^(webgpu|DEVICE_UNAVAILABLE device webgpu is not available here: a GPU with a Vulkan.*)$/,
  }
  expect(said).toMatch(allowed[choice])
})
