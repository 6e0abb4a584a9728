/** Where this project differs from the nodes of ComfyUI, and why. */

const groups: readonly (readonly [reason: string, names: readonly string[]])[] = [
  [
    'its families or its one-file checkpoints are not supported; UNETLoader, DualCLIPLoader and VAELoader are here',
    ['CLIPLoader', 'CheckpointLoaderSimple', 'QuadrupleCLIPLoader', 'TripleCLIPLoader'],
  ],
  [
    'needs a CLIP vision encoder',
    [
      'CLIPVisionEncode',
      'CLIPVisionLoader',
      'StyleModelApply',
      'StyleModelLoader',
      'TextEncodeHunyuanVideo_ImageToVideo',
      'unCLIPCheckpointLoader',
      'unCLIPConditioning',
    ],
  ],
  [
    'needs a ControlNet',
    [
      'ControlNetApply',
      'ControlNetApplyAdvanced',
      'ControlNetApplySD3',
      'ControlNetLoader',
      'DiffControlNetLoader',
    ],
  ],
  ['needs an upscaling model', ['ImageUpscaleWithModel', 'UpscaleModelLoader']],
  ['needs a hypernetwork of a U-Net', ['HypernetworkLoader']],
  [
    'needs image conditioning inside WAN or HunyuanVideo',
    [
      'HunyuanImageToVideo',
      'Wan22ImageToVideoLatent',
      'WanCameraEmbedding',
      'WanCameraImageToVideo',
      'WanFirstLastFrameToVideo',
      'WanFunControlToVideo',
      'WanImageToVideo',
      'WanVaceToVideo',
    ],
  ],
  ['needs Qwen-Image', ['TextEncodeQwenImageEditPlus']],
  ['needs Stable Cascade', ['StableCascade_StageB_Conditioning', 'StableCascade_StageC_VAEEncode']],
  ['needs a video encoder', ['CreateVideo', 'SaveVideo', 'SaveWEBM']],
  [
    'graphs are built over the weights as they are; two models are not merged',
    ['ModelMergeBlocks', 'ModelMergeSimple'],
  ],
  ['for models that predict noise; those here are flow models', ['ModelSamplingDiscrete']],
  [
    'changes the prediction inside the guidance, for which samplers have no place yet',
    ['CFGNorm', 'CFGZeroStar', 'FreSca', 'DifferentialDiffusion'],
  ],
  [
    'changes blocks inside the model; graphs are compiled whole',
    ['SkipLayerGuidanceDiT', 'UNetTemporalAttentionMultiply'],
  ],
]

/** Why a node is not here. */
export const NOT_COVERED: Readonly<Record<string, string>> = Object.fromEntries(
  groups.flatMap(([reason, names]) => names.map((name) => [name, reason])),
)

const FEWER_SAMPLERS =
  'samplers with cfg_pp, SDE samplers with Brownian noise, and adaptive ones are not here'

/** What of a node is otherwise: the beginning of the difference, and why. */
export const OTHERWISE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ImageScaleToMaxDimension: { 'options of upscale_method': 'bilinear is listed once' },
  KSampler: {
    'default of cfg': '3 suits the models here better than 8',
    'options of sampler_name': FEWER_SAMPLERS,
  },
  KSamplerAdvanced: { 'options of sampler_name': FEWER_SAMPLERS },
  KSamplerSelect: { 'options of sampler_name': FEWER_SAMPLERS },
  VAELoader: {
    'options of vae_name': 'only files are listed; there is no VAE that leaves pixels as they are',
  },
  LoraLoaderModelOnly: { title: 'a title in words' },
}
