/** Where this build of ONNX Runtime would find its CUDA provider. The package ships without it; its install script fetches it. */
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'

const LIBRARIES: Readonly<Record<string, string>> = {
  linux: 'libonnxruntime_providers_cuda.so',
  win32: 'onnxruntime_providers_cuda.dll',
}

/** Whether the CUDA provider's library is in place. Loading a session without it prints to stderr, so it is looked for first. */
export function cudaInstalled(): boolean {
  const library = LIBRARIES[process.platform]
  if (library === undefined) return false
  const bin = path.join(
    path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
    'bin',
  )
  if (!existsSync(bin)) return false
  return readdirSync(bin).some((api) =>
    existsSync(path.join(bin, api, process.platform, process.arch, library)),
  )
}
