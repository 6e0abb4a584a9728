/** Checkpoints that hold several models put a prefix before each key. */
import type { WeightFile } from '@dicache/weights'

const PREFIXES = ['', 'model.diffusion_model.', 'diffusion_model.', 'transformer.', 'model.'] as const

/** The prefix under which `mark` is found, or undefined when it is not there. */
export function stripPrefix(file: WeightFile, mark: string): string | undefined {
  return PREFIXES.find((prefix) => file.tensors.has(prefix + mark))
}
