/** The denoisers with known formulas that the sampler cases were recorded with, in float64 on float32 values. */
import { batchView, concat, type FloatTensor, floatTensor } from '@dicache/tensor'

/** x₀ of a batch at a noise level. */
export type ClosedForm = (x: FloatTensor, sigma: number) => FloatTensor

/** A value set of a case, by its name there. */
export type Parameters = (name: string) => readonly number[]

type Row = readonly number[]

/** The denoisers by name. Each flattens x to [B, D]. */
export function closedFormDenoisers(parameters: Parameters): Readonly<Record<string, ClosedForm>> {
  return {
    mixture: rowwise(mixture(parameters)),
    linear: rowwise(linear(parameters)),
    mlp: rowwise(mlp(parameters)),
  }
}

function rowwise(denoiseRow: (x: Row, sigma: number) => Row): ClosedForm {
  return (x, sigma) => {
    const rows = Array.from({ length: x.shape[0] ?? 0 }, (_, i) => batchView(x, i))
    return concat(
      rows.map(({ shape, data }) =>
        floatTensor(shape, Float32Array.from(denoiseRow(Array.from(data), sigma))),
      ),
    )
  }
}

/** The posterior mean of a mixture of two gaussians with one deviation each. */
function mixture(parameters: Parameters): (x: Row, sigma: number) => Row {
  const means = parameters('mix_mean')
  const weights = parameters('mix_weight')
  const deviations = parameters('mix_std')
  return (x, sigma) => {
    const size = x.length
    const components = deviations.map((deviation, k) => {
      const mean = means.slice(k * size, (k + 1) * size)
      const variance = (1 - sigma) ** 2 * deviation ** 2 + sigma ** 2
      const rest = minus(x, times(mean, 1 - sigma))
      const gain = ((1 - sigma) * deviation ** 2) / variance
      const logWeight =
        Math.log(weights[k] ?? Number.NaN) -
        dot(rest, rest) / (2 * variance) -
        (size / 2) * Math.log(variance)
      return { logWeight, denoised: plus(mean, times(rest, gain)) }
    })
    const highest = Math.max(...components.map(({ logWeight }) => logWeight))
    const shares = components.map(({ logWeight }) => Math.exp(logWeight - highest))
    const total = shares.reduce((sum, share) => sum + share, 0)
    return components
      .map(({ denoised }, k) => times(denoised, (shares[k] ?? Number.NaN) / total))
      .reduce((sum, row) => plus(sum, row))
  }
}

/** The posterior mean of one gaussian, its own mean and deviation for each value. */
function linear(parameters: Parameters): (x: Row, sigma: number) => Row {
  const means = parameters('lin_mean')
  const deviations = parameters('lin_std')
  return (x, sigma) =>
    x.map((value, i) => {
      const mean = means[i] ?? Number.NaN
      const square = (deviations[i] ?? Number.NaN) ** 2
      const variance = (1 - sigma) ** 2 * square + sigma ** 2
      return mean + (((1 - sigma) * square) / variance) * (value - (1 - sigma) * mean)
    })
}

/** A small network's velocity. */
function mlp(parameters: Parameters): (x: Row, sigma: number) => Row {
  const layer = (weights: Row, bias: Row, input: Row): Row =>
    bias.map((offset, i) => offset + dot(weights.slice(i * input.length, (i + 1) * input.length), input))
  return (x, sigma) => {
    const hidden = layer(parameters('mlp_w1'), parameters('mlp_b1'), [...x, sigma]).map(Math.tanh)
    return minus(x, times(layer(parameters('mlp_w2'), parameters('mlp_b2'), hidden), sigma))
  }
}

function plus(a: Row, b: Row): Row {
  return a.map((value, i) => value + (b[i] ?? Number.NaN))
}

function minus(a: Row, b: Row): Row {
  return a.map((value, i) => value - (b[i] ?? Number.NaN))
}

function times(a: Row, factor: number): Row {
  return a.map((value) => value * factor)
}

function dot(a: Row, b: Row): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0)
}
