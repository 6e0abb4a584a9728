/**
 * The quantile function of the beta distribution, in float64.
 * The regularised incomplete beta function by its continued fraction (DLMF 8.17.22), inverted by bisection with
 * Newton steps.
 */

/**
 * x with I_x(a, b) = p.
 * @param p - probability, 0 … 1
 * @param a - shape, > 0
 * @param b - shape, > 0
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0
  if (p >= 1) return 1
  // The median of a symmetric distribution is exact: a schedule rounds 0.5·999 half to even.
  if (a === b && p === 0.5) return 0.5
  let low = 0
  let high = 1
  let x = 0.5
  for (let i = 0; i < 200; i++) {
    const excess = regularisedBeta(x, a, b) - p
    if (excess === 0) return x
    if (excess > 0) high = x
    else low = x
    const slope = Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - lnBeta(a, b))
    const newton = x - excess / slope
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - x) <= 1e-16) return next
    x = next
  }
  return x
}

/** I_x(a, b): the probability that a beta variable is at most x. */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast below (a + 1)/(a + b + 2); above, I_x(a, b) = 1 - I_{1-x}(b, a).
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a)
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - lnBeta(a, b)) / a
  return front * betaFraction(x, a, b)
}

/** The continued fraction 1/(1+ d₁/(1+ d₂/(1+ …))) by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / (1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / (1 + even * d)
    c = 1 + even / c
    value *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / (1 + odd * d)
    c = 1 + odd / c
    const factor = d * c
    value *= factor
    if (Math.abs(factor - 1) < 1e-16) break
  }
  return value
}

function lnBeta(a: number, b: number): number {
  return lnGamma(a) + lnGamma(b) - lnGamma(a + b)
}

/** ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) after moving x above 10 by Γ(x + 1) = x·Γ(x). */
function lnGamma(x: number): number {
  let shift = 0
  let z = x
  for (; z < 10; z++) shift += Math.log(z)
  const s = 1 / (z * z)
  const series =
    (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - (s * 691) / 360360))))) / z
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift
}
