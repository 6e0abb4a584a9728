/** The pack: models in, latents and pictures out. */
import { definePack, type Pack } from '@dicache/sdk'
import { clipTextEncode } from './nodes/clip-text-encode.ts'
import { compareImages } from './nodes/compare-images.ts'
import { decode } from './nodes/decode.ts'
import { dicache } from './nodes/dicache.ts'
import { dicacheReport } from './nodes/dicache-report.ts'
import { dicacheSampler } from './nodes/dicache-sampler.ts'
import { emptyLatentImage } from './nodes/empty-latent-image.ts'
import { fluxGuidance } from './nodes/flux-guidance.ts'
import { ksampler } from './nodes/ksampler.ts'
import { loadModelNode } from './nodes/load-model.ts'
import { loraLoaderModelOnly } from './nodes/lora-loader-model-only.ts'
import { probeConfig } from './nodes/probe-config.ts'
import { stepCache } from './nodes/step-cache.ts'
import { stepCacheConfig } from './nodes/step-cache-config.ts'
import { vaeDecode } from './nodes/vae-decode.ts'
import { vaeEncode } from './nodes/vae-encode.ts'

export const pack: Pack = definePack({
  name: '@dicache/nodes-diffusion',
  version: '0.1.0',
  nodes: [
    loadModelNode,
    loraLoaderModelOnly,
    probeConfig,
    stepCacheConfig,
    dicacheSampler,
    dicache,
    stepCache,
    decode,
    clipTextEncode,
    emptyLatentImage,
    ksampler,
    vaeDecode,
    vaeEncode,
    fluxGuidance,
    dicacheReport,
    compareImages,
  ],
})
