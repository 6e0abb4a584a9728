import { openWeights } from '@dicache/weights'
import {
  detectFlux,
  buildFluxDeep,
  buildFluxProbe,
  buildFluxReuse,
  ropeTables,
  fluxIds,
} from '@dicache/models'
import { createRuntime } from '@dicache/runtime'
import { floatTensor, type FloatTensor } from '@dicache/tensor'
import { createGraph, gemm } from '@dicache/onnx'
const file = await openWeights('packages/emoji-model/model/flux-emoji.safetensors')
const config = detectFlux(file)!
const B = 2,
  T = 16,
  L = 64
const opt = (process.argv[2] ?? 'all') as 'all'
const t0 = performance.now()
const rt = await createRuntime({ device: 'cpu', optimization: opt, threads: Number(process.argv[3] ?? 0) })
const rope = ropeTables(fluxIds(T, { rows: 8, columns: 8 }), config.axes, 1e4)
const rnd = (shape: number[]) =>
  floatTensor(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.random() * 2 - 1),
  )
const src = {
  file,
  config,
  depth: 1,
  compute: 'float32' as const,
  weights: (process.argv[4] ?? 'resident') as 'resident',
}
const open = (name: string, b: any) =>
  rt.openGraph({
    key: name,
    dataFolder: file.folder,
    weightBytes: 0,
    bytes: () => {
      const g = b(src)
      console.log(name, g.summary().nodes.length, 'nodes')
      return g.build()
    },
  })
const probe = await open('probe', buildFluxProbe),
  deep = await open('deep', buildFluxDeep),
  reuse = await open('reuse', buildFluxReuse)
console.log('open ms', performance.now() - t0, 'rss', process.memoryUsage().rss / 1e6)
const x = rnd([B, L, 64]),
  context = rnd([B, T, 128]),
  pooled = rnd([B, 128]),
  timestep = floatTensor([B], Float32Array.of(0.7, 0.7))
const zero = rnd([B, L, 256])
const tm = async (f: () => Promise<unknown>, n = 30) => {
  for (let i = 0; i < 3; i++) await f()
  const a: number[] = []
  for (let i = 0; i < n; i++) {
    const s = performance.now()
    await f()
    a.push(performance.now() - s)
  }
  a.sort((p, q) => p - q)
  return a[n >> 1]!
}
const rp = () =>
  probe.run({
    x,
    context,
    pooled,
    timestep,
    rope_cos: rope.cos,
    rope_sin: rope.sin,
    h0_prev: zero,
    hm_prev: zero,
  })
const p = await rp()
const rd = () =>
  deep.run({
    h0: p['h0']!,
    hm: p['hm']!,
    ctx: p['ctx']!,
    vec: p['vec']!,
    rope_cos: rope.cos,
    rope_sin: rope.sin,
  })
const d = await rd()
const r = d['residual']!
const ru = () =>
  reuse.run({
    h0: p['h0']!,
    hm: p['hm']!,
    vec: p['vec']!,
    r1: r,
    r2: zero,
    p1: r,
    p2: zero,
    groups: floatTensor([B, B], Float32Array.of(1, 0, 0, 1)),
    clip: floatTensor([2], Float32Array.of(1, 1.5)),
    anchors: floatTensor([1], Float32Array.of(2)),
    guard: { dtype: 'bool', shape: [1], data: Uint8Array.of(1) },
  })
// gemm floor
const gemmMs = async (M: number, K: number, N: number) => {
  const g = createGraph('gemm')
  const xi = g.input('x', 'float32', [M, K])
  const w = g.constant(
    'float32',
    [N, K],
    Float32Array.from({ length: N * K }, () => Math.random()),
  )
  g.output('y', gemm(g, xi, w))
  const s = await rt.openGraph({ key: `gemm${M}.${K}.${N}`, weightBytes: 0, bytes: () => g.build() })
  const xx = rnd([M, K])
  return tm(() => s.run({ x: xx }), 60)
}
const shapes: [number, number, number, number][] = [
  [128, 256, 256, 3 * 3 + 3],
  [32, 256, 256, 3 * 3 + 3],
  [128, 256, 1024, 3],
  [128, 1024, 256, 3],
  [32, 256, 1024, 3],
  [32, 1024, 256, 3],
  [160, 256, 256, 36],
  [160, 256, 1024, 12],
  [160, 1280, 256, 12],
]
let flops = 0,
  floor = 0
for (const [M, K, N, c] of shapes) {
  const ms = await gemmMs(M, K, N)
  flops += 2 * M * K * N * c
  floor += ms * c
  console.log(M, K, N, 'x' + c, ms.toFixed(3), 'ms', ((2 * M * K * N) / ms / 1e6).toFixed(0), 'GF/s')
}
const big = await gemmMs(160, 256, 1792)
console.log('160x256x1792', big, (2 * 160 * 256 * 1792) / big / 1e6, 'GF/s')
const P1 = await tm(rp),
  D1 = await tm(rd),
  U1 = await tm(ru)
console.log({
  probe: P1,
  deep: D1,
  reuse: U1,
  full: P1 + D1,
  gflop: flops / 1e9,
  floorSameShapes: floor,
  ratio: (P1 + D1) / floor,
  gfs: flops / (P1 + D1) / 1e6,
  rss: process.memoryUsage().rss / 1e6,
})
