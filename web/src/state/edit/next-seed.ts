/** What a setting becomes after a run is queued, as its control says. */
import { jsonInteger, MAX_SEED } from '@dicache/protocol'
import type { AfterRun, JsonValue, ParamManifest } from '@dicache/protocol'

/** The next value; over the end of the setting's range it goes on at the other end. */
export function nextValue(
  param: ParamManifest,
  value: number | bigint | undefined,
  control: Exclude<AfterRun, 'fixed'>,
): JsonValue {
  const [low, high] = rangeOf(param)
  if (control === 'randomize') return jsonInteger(low + (BigInt(randomSeed()) % (high - low + 1n)))
  const next = whole(value) + (control === 'increment' ? 1n : -1n)
  return jsonInteger(next < low ? high : next > high ? low : next)
}

/** A random seed that JavaScript's numbers hold exactly. */
export function randomSeed(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return (high % 2 ** 21) * 2 ** 32 + low
}

function rangeOf(param: ParamManifest): readonly [bigint, bigint] {
  if (param.kind !== 'int') return [0n, MAX_SEED]
  return [BigInt(param.min ?? 0), BigInt(param.max ?? Number.MAX_SAFE_INTEGER)]
}

/** A file may hold any number. */
function whole(value: number | bigint | undefined): bigint {
  if (typeof value === 'bigint') return value
  return BigInt(Math.max(0, Math.trunc(Number.isFinite(value) ? (value ?? 0) : 0)))
}
