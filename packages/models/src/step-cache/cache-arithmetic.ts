/** DiCache's arithmetic as graph pieces, shared by every family: change of the probe, and trajectory alignment. */
import {
  add,
  binary,
  cast,
  compare,
  div,
  type GraphBuilder,
  logical,
  matmul,
  meanAbs,
  mul,
  reshape,
  sub,
  sumAbs,
  unary,
  type Value,
  where,
} from '@dicache/onnx'

/**
 * Per sample, float32 [B]: Σ|now − before| and Σ|before|. Their ratio, over whichever samples decide together, is the
 * method's rel(now, before); it is taken outside, in float64.
 */
export function change(
  g: GraphBuilder,
  now: Value,
  before: Value,
): { readonly difference: Value; readonly magnitude: Value } {
  // Half precision ends at 65,504, which such a sum passes.
  const wide = (x: Value): Value => cast(g, x, 'float32')
  return { difference: sumAbs(g, wide(sub(g, now, before))), magnitude: sumAbs(g, wide(before)) }
}

/** Residuals R = hL − h0 and probe residuals P = hm − h0 of the two newest computed steps (1 newest); all [B, L, C]. */
export type Anchors = { readonly r1: Value; readonly r2: Value; readonly p1: Value; readonly p2: Value }

export type AlignInputs = Anchors & {
  readonly h0: Value
  readonly hm: Value
  /** float32 [B, B]: 1 where two samples share one γ, so that means run over the samples of a decision. */
  readonly groups: Value
  /** float32 [2]: the bounds γ is clipped to. */
  readonly clip: Value
  /** float32 [1]: 2 anchors → dcta, 1 → zero order. */
  readonly anchors: Value
  /** bool [1]: whether γ that is not finite, or has a denominator below 1e-12, falls back to zero order (reference semantics). */
  readonly guard: Value
}

/**
 * x + R₂ + clip(γ)(R₁ − R₂) with γ = mean|(p − x) − P₂| / mean|P₁ − P₂| (arXiv 2508.17356, trajectory alignment); x + R₁ where zero order
 * applies. Returns the tokens [B, L, C], raw γ [B] (float32, may be NaN or infinite), and bool [B] whether dcta was applied.
 */
export function align(
  g: GraphBuilder,
  input: AlignInputs,
): { readonly x: Value; readonly gamma: Value; readonly aligned: Value } {
  const { h0, hm, r1, r2, p1, p2 } = input
  const batch = h0.shape.at(0) ?? 'B'
  // In float64, which costs nothing on [B] numbers: float32 sums are off by as much as a step of the tokens that γ multiplies.
  const groups = cast(g, input.groups, 'float64')
  const overGroup = (perSample: Value): Value =>
    reshape(g, matmul(g, groups, cast(g, reshape(g, perSample, [batch, 1]), 'float64')), [batch, 1, 1])
  const distance = (a: Value, b: Value): Value => meanAbs(g, cast(g, sub(g, a, b), 'float32'))
  const now = overGroup(distance(sub(g, hm, h0), p2))
  const sum = overGroup(distance(p1, p2))
  const gamma = cast(g, div(g, now, sum), 'float32')
  const chord = cast(g, sum, 'float32')
  const [low, high] = [0, 1].map((n) => bound(g, input.clip, n))
  if (low === undefined || high === undefined) throw new RangeError('clip needs two bounds')
  const clipped = binary(g, 'Min', binary(g, 'Max', gamma, low), high)
  const number = (value: number): Value => g.constant('float32', [1], [value])
  const finite = logical(
    g,
    'And',
    compare(g, 'GreaterOrEqual', chord, number(1e-12)),
    compare(g, 'Less', unary(g, 'Abs', gamma), number(3e38)),
  )
  const trusted = logical(g, 'Or', finite, unary(g, 'Not', input.guard))
  const aligned = logical(g, 'And', trusted, compare(g, 'GreaterOrEqual', input.anchors, number(2)))
  const blended = add(g, r2, mul(g, cast(g, clipped, h0.type), sub(g, r1, r2)))
  const residual = where(g, aligned, blended, r1)
  return { x: add(g, h0, residual), gamma: reshape(g, gamma, [batch]), aligned: reshape(g, aligned, [batch]) }
}

function bound(g: GraphBuilder, clip: Value, index: number): Value {
  const [low, high] = g.node({
    op: 'Split',
    inputs: [clip, g.constant('int64', [2], [1, 1])],
    attributes: { axis: 0 },
    outputs: [0, 1].map(() => ({ type: clip.type, shape: [1] })),
  })
  const value = index === 0 ? low : high
  if (value === undefined) throw new RangeError('clip')
  return value
}
