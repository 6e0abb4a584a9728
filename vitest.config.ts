// Every test of the workspace runs from here, in forked processes: native code that crashes takes one file with it.
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['{packages,nodes}/*/src/**/*.test.ts', 'web/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/fixtures/**', '**/dist/**'],
    pool: 'forks',
    // Two cores are the smallest machine that we promise; sessions of ONNX Runtime bring threads of their own.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})

export default config
