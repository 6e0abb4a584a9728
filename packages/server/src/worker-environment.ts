/** The worker sees of the environment only what running needs: packs find no keys and tokens of the user's there. */

const NAMES: ReadonlySet<string> = new Set([
  'HOME',
  'PATH',
  'Path',
  'TMPDIR',
  'TEMP',
  'TMP',
  'TZ',
  'LANG',
  'SYSTEMROOT',
  'SystemRoot',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'NODE_COMPILE_CACHE',
])
/** Settings of graphics drivers and of threads. */
const PREFIXES = ['LC_', 'CUDA_', 'NVIDIA_', 'VK_', 'OMP_', 'XDG_RUNTIME']

export function workerEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix)),
    ),
  )
}
