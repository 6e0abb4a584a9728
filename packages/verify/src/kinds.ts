/** Which check a case goes to, by its kind; undefined where this version does not cover it. */
import type { CaseReader, CheckCase } from './check.ts'
import { record, text } from './json.ts'
import { checkAutoencoder, coversAutoencoder } from './kinds/autoencoder.ts'
import { checkReplay, isReplayed, uncheckedByReplay } from './kinds/dicache-replay.ts'
import { checkTrace, coversTrace } from './kinds/dicache-trace.ts'
import { checkUnits } from './kinds/dicache-units.ts'
import { coversTextEncoder } from './kinds/encoder-case.ts'
import { checkForward, coversForward } from './kinds/forward.ts'
import { checkImage, coversImage } from './kinds/image.ts'
import { checkLora } from './kinds/lora.ts'
import { checkNoise } from './kinds/noise.ts'
import { checkPolicyTrace, coversPolicyTrace } from './kinds/policy-trace.ts'
import { checkReferences } from './kinds/references.ts'
import { checkSampler } from './kinds/sampler.ts'
import { checkSchedule } from './kinds/schedule.ts'
import { checkTextEncoder } from './kinds/text-encoder.ts'
import { checkTokenizer, coversTokenizer } from './kinds/tokenizer.ts'

type Kind = { readonly check: CheckCase; readonly covers?: (json: unknown) => boolean }

const KINDS: Readonly<Record<string, Kind>> = {
  noise: { check: checkNoise },
  schedule: { check: checkSchedule },
  sampler: { check: checkSampler },
  image: { check: checkImage, covers: coversImage },
  tokenizer: { check: checkTokenizer, covers: coversTokenizer },
  'text-encoder': { check: checkTextEncoder, covers: coversTextEncoder },
  autoencoder: { check: checkAutoencoder, covers: coversAutoencoder },
  forward: { check: checkForward, covers: coversForward },
  lora: { check: checkLora },
  references: { check: checkReferences },
  'dicache-trace': {
    check: (c, context) => (isReplayed(c.json) ? checkReplay(c) : checkTrace(c, context)),
    covers: (json) => coversTrace(json) || isReplayed(json),
  },
  'dicache-units': { check: checkUnits },
  'policy-trace': { check: checkPolicyTrace, covers: coversPolicyTrace },
}

/** The check of a case, or undefined when its kind, or this case of it, is not covered. */
export function checkOf(json: unknown): CheckCase | undefined {
  const kind = text(record(json)['kind'])
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
  return known === undefined || known.covers?.(json) === false ? undefined : known.check
}

/** What the check of a case leaves unchecked, by name; nothing for most. */
export function uncheckedOf(c: CaseReader): readonly string[] {
  const isTrace = text(record(c.json)['kind']) === 'dicache-trace'
  return isTrace && isReplayed(c.json) ? uncheckedByReplay(c.tensorNames) : []
}
