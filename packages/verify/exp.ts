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
const dir = process.argv[2] ?? ''
const weightsName = process.argv[3] ?? 'weights.safetensors'
const cfgJson = JSON.parse((await import('node:fs')).readFileSync(dir + '/case.json', 'utf8'))
const file = await openWeights(dir + '/' + weightsName)
const config = { ...detectFlux(file)!, axes: cfgJson.config.axes_dim }
console.log(config)
const t = await openWeights(dir + '/tensors.safetensors')
const rt = await createRuntime({ device: 'cpu' })
const f = (n: string) => t.readFloat32(n)
const x = await f('in.x'),
  txt = await f('in.txt'),
  vec = await f('in.vec'),
  ids = await f('in.img_ids'),
  tt = await f('in.t')
const T = txt.shape[1]!
const all = floatTensor([T + ids.shape[0]!, 3], Float32Array.from([...new Float32Array(T * 3), ...ids.data]))
const rope = ropeTables(all, config.axes, 1e4)
const cmp = async (n: string, got: FloatTensor) => {
  const e = await f(n)
  let w = 0
  e.data.forEach((v, i) => {
    w = Math.max(w, Math.abs(v - got.data[i]!))
  })
  console.log(n, w, 'tol', cfgJson.tolerance.atol[n])
}
for (const depth of [1, 2, 5]) {
  const src = {
    file,
    config,
    depth,
    compute: 'float32' as const,
    weights: (process.argv[4] ?? 'resident') as 'resident',
  }
  const open = (name: string, b: any) =>
    rt.openGraph({ key: name + depth, dataFolder: file.folder, weightBytes: 0, bytes: () => b(src).build() })
  const probe = await open('probe', buildFluxProbe),
    deep = await open('deep', buildFluxDeep),
    reuse = await open('reuse', buildFluxReuse)
  const zero = floatTensor([1, x.shape[1]!, config.hidden])
  const p = await probe.run({
    x,
    context: txt,
    pooled: vec,
    timestep: tt,
    ...(config.guidance ? { guidance: await f('in.guidance') } : {}),
    rope_cos: rope.cos,
    rope_sin: rope.sin,
    h0_prev: zero,
    hm_prev: zero,
  })
  const d = await deep.run({
    h0: p['h0']!,
    hm: p['hm']!,
    ctx: p['ctx']!,
    vec: p['vec']!,
    rope_cos: rope.cos,
    rope_sin: rope.sin,
  })
  await cmp('img.embed', p['h0'] as FloatTensor)
  await cmp('vec', p['vec'] as FloatTensor)
  if (depth < 3) {
    await cmp('img.block' + (depth - 1), p['hm'] as FloatTensor)
    await cmp('txt.block' + (depth - 1), p['ctx'] as FloatTensor)
  }
  await cmp('out', d['out'] as FloatTensor)
  const r = d['residual'] as FloatTensor,
    h0 = p['h0'] as FloatTensor
  await cmp(
    'img.last',
    floatTensor(
      r.shape,
      r.data.map((v, i) => v + h0.data[i]!),
    ),
  )
  const one = (n: number) => floatTensor([1], Float32Array.of(n))
  const u = await reuse.run({
    h0,
    hm: p['hm']!,
    vec: p['vec']!,
    r1: r,
    r2: r,
    p1: d['probe_residual']!,
    p2: d['probe_residual']!,
    groups: floatTensor([1, 1], Float32Array.of(1)),
    clip: floatTensor([2], Float32Array.of(1, 1.5)),
    anchors: one(1),
    guard: { dtype: 'bool', shape: [1], data: Uint8Array.of(1) },
  })
  await cmp('out', u['out'] as FloatTensor)
  console.log(u['gamma']!.data, u['aligned']!.data)
}
