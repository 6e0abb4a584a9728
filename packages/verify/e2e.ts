import { loadModel, sampleLatent } from '@dicache/nodes-diffusion'
import { createRuntime } from '@dicache/runtime'
import { floatTensor, psnr } from '@dicache/tensor'
import { openWeights } from '@dicache/weights'
import { readFileSync } from 'node:fs'
const t0 = performance.now()
const rt = await createRuntime({ device: 'cpu' })
const M = 'packages/emoji-model/model/'
const res = new Map<string, any>()
const host: any = { openGraph: rt.openGraph, device: 'cpu', models: { list: async () => [], resolve: async (f: string, n: string) => { if (n === 'emoji') return process.cwd() + '/' + M + 'flux-emoji.safetensors'; throw new Error('no') } }, resource: async (k: string, c: any) => { if (!res.has(k)) res.set(k, (await c()).value); return res.get(k) } }
const signal = new AbortController().signal
const { model, clip, vae } = await loadModel(host, { model: 'emoji', t5: 'auto', clip: 'auto', vae: 'auto' })
const report: any = { progress() {}, event() {}, log(m: string) { console.log(m) } }
const cases = JSON.parse(readFileSync('test/golden/fixtures/emoji/cases.json', 'utf8'))
for (const c of cases) {
  const t = await openWeights('test/golden/fixtures/emoji/' + c.file)
  const s = performance.now()
  const positive = [await clip.encode(c.prompt, signal)], negative = [await clip.encode('', signal)]
  const s1 = performance.now()
  const run = await sampleLatent({ model, positive, negative, latent: { samples: floatTensor([1, 4, 16, 16]) }, seed: BigInt(c.seed), steps: 20, cfg: 3, sampler: 'euler', scheduler: 'simple', denoise: 1, probe: undefined }, { host, report, signal })
  const s2 = performance.now()
  const img = await vae.decode(run.latent.samples, signal)
  const s3 = performance.now()
  const d = (a: Float32Array, b: Float32Array) => a.reduce((m, v, i) => Math.max(m, Math.abs(v - b[i]!)), 0)
  const e = await t.readFloat32('image')
  const ref = floatTensor([1, 128, 128, 3]); for (let ch = 0; ch < 3; ch++) for (let p = 0; p < 16384; p++) ref.data[p * 3 + ch] = Math.min(1, Math.max(0, (e.data[ch * 16384 + p]! + 1) / 2))
  console.log(c.prompt, 'context', d(positive[0]!.context.data, (await t.readFloat32('context')).data), 'pooled', d(positive[0]!.pooled!.data, (await t.readFloat32('pooled')).data), 'latent', d(run.latent.samples.data, (await t.readFloat32('latent')).data), 'psnr', psnr(img, ref, 1), 'ms', (s1 - s).toFixed(), (s2 - s1).toFixed(), (s3 - s2).toFixed())
  for (const [th, st] of [[0, .2], [.1, .2], [.2, .2], [.3, .2], [.2, .1]] as const) {
    const r2 = await sampleLatent({ model, positive, negative, latent: { samples: floatTensor([1, 4, 16, 16]) }, seed: BigInt(c.seed), steps: 30, cfg: 3, sampler: 'euler', scheduler: 'simple', denoise: 1, probe: { mode: 'on', profile: 'auto', depth: 1, settings: { threshold: th, warmup: st } } }, { host, report, signal })
    const r0 = await sampleLatent({ model, positive, negative, latent: { samples: floatTensor([1, 4, 16, 16]) }, seed: BigInt(c.seed), steps: 30, cfg: 3, sampler: 'euler', scheduler: 'simple', denoise: 1, probe: undefined }, { host, report, signal })
    const i2 = await vae.decode(r2.latent.samples, signal), i0 = await vae.decode(r0.latent.samples, signal)
    const tt: any = r2.report['totals'], t0: any = r0.report['totals']
    console.log('  d', th, 'warm', st, 'psnr', psnr(i2, i0, 1).toFixed(1), 'ratio', tt.stepRatio, 'wall', (t0.wallMs / tt.wallMs).toFixed(2), 'est', tt.estimatedSpeedup, 'ideal', tt.flopIdealSpeedup, 'full ms', t0.msPerFullStep, 'reuse', tt.msPerReusedStep, r2.report['why'])
  }
}
console.log('total', performance.now() - t0, process.memoryUsage().rss / 1e6)
