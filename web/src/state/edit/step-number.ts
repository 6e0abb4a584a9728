/** Numbers of settings: stepping, reading what was typed, and keeping to the range. */
import type { ParamManifest } from '@dicache/protocol'
import { MAX_SEED } from '@dicache/protocol'

/** A number some steps further, within its range. */
export function stepNumber(param: ParamManifest, start: number | bigint, steps: number): number | bigint {
  if (param.kind === 'seed' || typeof start === 'bigint')
    return clampSeed(BigInt(start) + BigInt(Math.trunc(steps)))
  if (param.kind !== 'int' && param.kind !== 'float') return start
  const next = start + steps * param.step
  return within(param, param.kind === 'int' ? Math.round(next) : Number(next.toFixed(8)))
}

/** Reads a typed number; undefined when it is none. What is out of range comes to its edge. */
export function readNumber(param: ParamManifest, text: string): number | bigint | undefined {
  const plain = text.trim().replace(',', '.')
  if (param.kind === 'seed') return /^\d{1,30}$/.test(plain) ? clampSeed(BigInt(plain)) : undefined
  if (plain === '' || (param.kind !== 'int' && param.kind !== 'float')) return undefined
  const value = Number(plain)
  if (!Number.isFinite(value)) return undefined
  return within(param, param.kind === 'int' ? Math.round(value) : value)
}

function clampSeed(value: bigint): bigint {
  return value < 0n ? 0n : value > MAX_SEED ? MAX_SEED : value
}

function within(param: ParamManifest, value: number): number {
  if (param.kind !== 'int' && param.kind !== 'float') return value
  return Math.min(
    param.max ?? Number.MAX_SAFE_INTEGER,
    Math.max(param.min ?? -Number.MAX_SAFE_INTEGER, value),
  )
}
