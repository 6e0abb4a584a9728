/**
 * How the module names of FLUX.1 in its original (BFL) layout map to diffusers' names, as data. The original layout
 * fuses what diffusers splits: rows of one fused layer come from several diffusers modules.
 */

/** The rows of the fused module that a part fills, in multiples of the hidden size. */
export type FluxRows = 'all' | { readonly from: number; readonly to: number | 'end' }

/** One diffusers module that is a whole BFL module, or some rows of it. */
export type FluxPart = { readonly diffusers: string; readonly rows: FluxRows }

/** One module of the original layout and where diffusers keeps it. Parts are in the order of their rows. */
export type FluxModule = {
  readonly bfl: string
  /** `linear`: `weight` and `bias` in both layouts; `norm`: `scale` in BFL's, `weight` in diffusers'. */
  readonly kind: 'linear' | 'norm'
  readonly parts: readonly FluxPart[]
  /** The two halves of the rows change places: BFL has (shift, scale), diffusers (scale, shift). */
  readonly swapHalves?: true
  /** Only some models have it (guidance is for dev, not schnell). */
  readonly optional?: true
}

/** Every module of a FLUX.1 transformer with `depth` double and `depthSingle` single blocks (published: 19 and 38). */
export function fluxDiffusersMap(depth: number, depthSingle: number): readonly FluxModule[] {
  return [
    linear('img_in', 'x_embedder'),
    linear('txt_in', 'context_embedder'),
    ...embedder('time_in', 'timestep_embedder'),
    ...embedder('vector_in', 'text_embedder'),
    ...embedder('guidance_in', 'guidance_embedder').map((module) => ({ ...module, optional: true as const })),
    ...Array.from({ length: depth }, (_, index) => doubleBlock(index)).flat(),
    ...Array.from({ length: depthSingle }, (_, index) => singleBlock(index)).flat(),
    { ...linear('final_layer.adaLN_modulation.1', 'norm_out.linear'), swapHalves: true },
    linear('final_layer.linear', 'proj_out'),
  ]
}

/** Row range of a part in the module it belongs to. */
export type RowRange = { readonly rowOffset: number; readonly rows: number }

/**
 * The rows of a BFL module that a part fills.
 * @param out rows of the module's weight and bias
 * @param hidden the hidden size; for every fused module it is the width of the weight's input
 */
export function partRows({ rows }: FluxPart, out: number, hidden: number): RowRange {
  if (rows === 'all') return { rowOffset: 0, rows: out }
  const rowOffset = rows.from * hidden
  return { rowOffset, rows: (rows.to === 'end' ? out : rows.to * hidden) - rowOffset }
}

/** The parameters a module can have, by their names in both layouts; a bias is there only when the model has one. */
export function fluxParams(
  kind: FluxModule['kind'],
): readonly { readonly bfl: string; readonly diffusers: string }[] {
  return kind === 'norm'
    ? [{ bfl: 'scale', diffusers: 'weight' }]
    : [
        { bfl: 'weight', diffusers: 'weight' },
        { bfl: 'bias', diffusers: 'bias' },
      ]
}

function linear(bfl: string, diffusers: string): FluxModule {
  return { bfl, kind: 'linear', parts: [{ diffusers, rows: 'all' }] }
}

function norm(bfl: string, diffusers: string): FluxModule {
  return { ...linear(bfl, diffusers), kind: 'norm' }
}

/** A linear layer whose rows are one hidden size of each name, the last name's the rest. */
function fused(bfl: string, names: readonly string[]): FluxModule {
  const parts = names.map((diffusers, from): FluxPart => {
    return { diffusers, rows: { from, to: from === names.length - 1 ? 'end' : from + 1 } }
  })
  return { bfl, kind: 'linear', parts }
}

function embedder(bfl: string, diffusers: string): readonly FluxModule[] {
  return [
    linear(`${bfl}.in_layer`, `time_text_embed.${diffusers}.linear_1`),
    linear(`${bfl}.out_layer`, `time_text_embed.${diffusers}.linear_2`),
  ]
}

function doubleBlock(index: number): readonly FluxModule[] {
  const bfl = `double_blocks.${index}`
  const diffusers = `transformer_blocks.${index}`
  const attn = `${diffusers}.attn`
  return [
    linear(`${bfl}.img_mod.lin`, `${diffusers}.norm1.linear`),
    linear(`${bfl}.txt_mod.lin`, `${diffusers}.norm1_context.linear`),
    fused(`${bfl}.img_attn.qkv`, [`${attn}.to_q`, `${attn}.to_k`, `${attn}.to_v`]),
    fused(`${bfl}.txt_attn.qkv`, [`${attn}.add_q_proj`, `${attn}.add_k_proj`, `${attn}.add_v_proj`]),
    norm(`${bfl}.img_attn.norm.query_norm`, `${attn}.norm_q`),
    norm(`${bfl}.img_attn.norm.key_norm`, `${attn}.norm_k`),
    norm(`${bfl}.txt_attn.norm.query_norm`, `${attn}.norm_added_q`),
    norm(`${bfl}.txt_attn.norm.key_norm`, `${attn}.norm_added_k`),
    linear(`${bfl}.img_attn.proj`, `${attn}.to_out.0`),
    linear(`${bfl}.txt_attn.proj`, `${attn}.to_add_out`),
    linear(`${bfl}.img_mlp.0`, `${diffusers}.ff.net.0.proj`),
    linear(`${bfl}.img_mlp.2`, `${diffusers}.ff.net.2`),
    linear(`${bfl}.txt_mlp.0`, `${diffusers}.ff_context.net.0.proj`),
    linear(`${bfl}.txt_mlp.2`, `${diffusers}.ff_context.net.2`),
  ]
}

function singleBlock(index: number): readonly FluxModule[] {
  const bfl = `single_blocks.${index}`
  const diffusers = `single_transformer_blocks.${index}`
  const attn = `${diffusers}.attn`
  return [
    linear(`${bfl}.modulation.lin`, `${diffusers}.norm.linear`),
    fused(`${bfl}.linear1`, [`${attn}.to_q`, `${attn}.to_k`, `${attn}.to_v`, `${diffusers}.proj_mlp`]),
    linear(`${bfl}.linear2`, `${diffusers}.proj_out`),
    norm(`${bfl}.norm.query_norm`, `${attn}.norm_q`),
    norm(`${bfl}.norm.key_norm`, `${attn}.norm_k`),
  ]
}
