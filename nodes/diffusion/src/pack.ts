/** The pack: models in, latents and pictures out. */
import { definePack, type Pack } from '@dicache/sdk'
import { ksamplerAdvanced } from './nodes/ksampler-advanced.ts'
import {
  karrasScheduler,
  exponentialScheduler,
  polyexponentialScheduler,
  laplaceScheduler,
  vpScheduler,
} from './nodes/custom-sampling/curve-schedulers.ts'
import { basicGuiderNode, cfgGuiderNode, dualCfgGuiderNode } from './nodes/custom-sampling/guiders.ts'
import {
  modelSamplingFlux,
  modelSamplingSd3,
  modelSamplingAuraFlow,
} from './nodes/custom-sampling/model-sampling.ts'
import { basicScheduler, betaSamplingScheduler } from './nodes/custom-sampling/model-schedulers.ts'
import { randomNoise, disableNoise } from './nodes/custom-sampling/noise.ts'
import { samplerCustomAdvanced, samplerCustom } from './nodes/custom-sampling/sampler-custom.ts'
import { ksamplerSelect } from './nodes/custom-sampling/sampler-select.ts'
import { splitSigmas, splitSigmasDenoise, flipSigmas, setFirstSigma } from './nodes/custom-sampling/sigmas.ts'
import {
  conditioningCombine,
  conditioningAverage,
  conditioningConcat,
  conditioningZeroOut,
  conditioningSetTimestepRange,
  conditioningSetArea,
} from './nodes/conditioning/conditioning-nodes.ts'
import {
  setLatentNoiseMask,
  vaeEncodeForInpaint,
  inpaintModelConditioning,
  instructPixToPixConditioning,
} from './nodes/latents/inpaint-nodes.ts'
import {
  latentUpscale,
  latentUpscaleBy,
  latentComposite,
  emptySd3LatentImage,
  emptyHunyuanLatentVideo,
  trimVideoLatent,
  stableCascadeEmptyLatentImage,
} from './nodes/latents/latent-nodes.ts'
import {
  fluxKontextMultiReferenceLatentMethod,
  referenceLatent,
} from './nodes/conditioning/reference-nodes.ts'
import { clipSetLastLayer, t5TokenizerOptions } from './nodes/clip-options.ts'
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
import { loraLoader, loraLoaderModelOnly } from './nodes/lora-loaders.ts'
import { dualClipLoader, unetLoader, vaeLoader } from './nodes/part-loaders.ts'
import { probeConfig } from './nodes/probe-config.ts'
import { stepCache } from './nodes/step-cache.ts'
import { stepCacheConfig } from './nodes/step-cache-config.ts'
import { vaeDecodeTiled, vaeEncodeTiled } from './nodes/vae-tiled.ts'
import { vaeDecode } from './nodes/vae-decode.ts'
import { vaeEncode } from './nodes/vae-encode.ts'

export const pack: Pack = definePack({
  name: '@dicache/nodes-diffusion',
  version: '0.2.0',
  nodes: [
    loadModelNode,
    unetLoader,
    dualClipLoader,
    vaeLoader,
    loraLoader,
    loraLoaderModelOnly,
    clipSetLastLayer,
    t5TokenizerOptions,
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
    vaeDecodeTiled,
    vaeEncodeTiled,
    fluxGuidance,
    dicacheReport,
    compareImages,
    ksamplerAdvanced,
    karrasScheduler,
    exponentialScheduler,
    polyexponentialScheduler,
    laplaceScheduler,
    vpScheduler,
    basicGuiderNode,
    cfgGuiderNode,
    dualCfgGuiderNode,
    modelSamplingFlux,
    modelSamplingSd3,
    modelSamplingAuraFlow,
    basicScheduler,
    betaSamplingScheduler,
    randomNoise,
    disableNoise,
    samplerCustomAdvanced,
    samplerCustom,
    ksamplerSelect,
    splitSigmas,
    splitSigmasDenoise,
    flipSigmas,
    setFirstSigma,
    conditioningCombine,
    conditioningAverage,
    conditioningConcat,
    conditioningZeroOut,
    conditioningSetTimestepRange,
    conditioningSetArea,
    setLatentNoiseMask,
    vaeEncodeForInpaint,
    inpaintModelConditioning,
    latentUpscale,
    latentUpscaleBy,
    latentComposite,
    emptySd3LatentImage,
    emptyHunyuanLatentVideo,
    trimVideoLatent,
    stableCascadeEmptyLatentImage,
    instructPixToPixConditioning,
    referenceLatent,
    fluxKontextMultiReferenceLatentMethod,
  ],
})
