/** The linear layers of text encoders that a LoRA can attach to, by the names that LoRA files have for them. */
import type { LinearShape, LoraTargets } from '@dicache/weights'
import type { ClipConfig } from '../clip/config.ts'
import type { T5Config } from '../t5/config.ts'

type Module = readonly [string, LinearShape]

/** CLIP beside a T5: `lora_te1_` of kohya, `text_encoder.` of diffusers. */
export function clipLoraTargets(config: Pick<ClipConfig, 'layers' | 'hidden' | 'feedForward'>): LoraTargets {
  const { layers, hidden: c, feedForward } = config
  const modules = Array.from({ length: layers }, (_, index): readonly Module[] => {
    const at = `text_model.encoder.layers.${index}`
    return [
      ...['q_proj', 'k_proj', 'v_proj', 'out_proj'].map(
        (name): Module => [`${at}.self_attn.${name}`, [c, c]],
      ),
      [`${at}.mlp.fc1`, [feedForward, c]],
      [`${at}.mlp.fc2`, [c, feedForward]],
    ]
  })
  return {
    bases: new Map(modules.flat()),
    modules: [],
    wrappers: [
      'lora_te1_',
      'lora_te_',
      'text_encoder.',
      'clip_l.transformer.',
      'text_encoders.clip_l.transformer.',
    ],
  }
}

/** T5 beside a CLIP: `lora_te2_` (or, as some trainers count, `lora_te3_`), `text_encoder_2.` of diffusers. */
export function t5LoraTargets(
  config: Pick<T5Config, 'blocks' | 'hidden' | 'heads' | 'headDim' | 'feedForward'>,
): LoraTargets {
  const { blocks, hidden: c, feedForward } = config
  const inner = config.heads * config.headDim
  const modules = Array.from({ length: blocks }, (_, index): readonly Module[] => {
    const at = `encoder.block.${index}.layer`
    return [
      ...['q', 'k', 'v'].map((name): Module => [`${at}.0.SelfAttention.${name}`, [inner, c]]),
      [`${at}.0.SelfAttention.o`, [c, inner]],
      ...['wi_0', 'wi_1'].map((name): Module => [`${at}.1.DenseReluDense.${name}`, [feedForward, c]]),
      [`${at}.1.DenseReluDense.wo`, [c, feedForward]],
    ]
  })
  return {
    bases: new Map(modules.flat()),
    modules: [],
    wrappers: [
      'lora_te2_',
      'lora_te3_',
      'text_encoder_2.',
      't5xxl.transformer.',
      'text_encoders.t5xxl.transformer.',
    ],
  }
}
