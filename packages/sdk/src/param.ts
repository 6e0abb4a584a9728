/** Declares the settings of a node: `param.int({ default: 20, min: 1 })`. Every one can also be linked. */
import type {
  BooleanParam,
  ChoiceParam,
  FloatParam,
  IntParam,
  ParamManifest,
  SeedParam,
  TextParam,
} from '@dicache/protocol'

type OmitName<M> = M extends unknown ? Omit<M, 'name'> : never

/** A declared setting whose value is a T. `~value` exists for the type checker only. */
export type Param<T> = OmitName<ParamManifest> & { readonly '~value'?: () => T }

/** The value of a declared setting. */
export type ParamValue<P> = P extends { readonly '~value'?: () => infer T } ? T : never

type Options<M> = Partial<Omit<M, 'name' | 'kind'>>
/** May be left out, and has no default: its value may be undefined. `lazy` without a link is never undefined. */
type Unset = { readonly optional: true; readonly default?: never }

type Maybe<M, T> = {
  (options: Options<M> & Unset): Param<T | undefined>
  (options?: Options<M>): Param<T>
}

type SeedOptions = Omit<Options<SeedParam>, 'default'> & { readonly default?: bigint }

type ChoiceOptions<T extends string> = Omit<Options<ChoiceParam>, 'options' | 'default' | 'source'> & {
  readonly options: readonly T[]
  readonly default?: NoInfer<T>
}
/** `options` of a sourced choice are fixed values before the listed ones. */
type SourceOptions = Omit<Options<ChoiceParam>, 'source'> & { readonly source: string }

/** One of a list: fixed `options`, or a `source` that the host lists (`models/vae`, `input`). */
export type ChoiceFactory = {
  (options: SourceOptions & Unset): Param<string | undefined>
  (options: SourceOptions): Param<string>
  <const T extends string>(options: ChoiceOptions<T> & Unset): Param<T | undefined>
  <const T extends string>(options: ChoiceOptions<T>): Param<T>
}

/** Every kind of setting. */
export type ParamKinds = {
  /** A whole number. @defaultValue step 1 */
  readonly int: Maybe<IntParam, number>
  /** A real number. @defaultValue step 0.01 */
  readonly float: Maybe<FloatParam, number>
  /** A 64-bit seed, 0 … 2^64 − 1. @defaultValue 0n */
  readonly seed: (options?: SeedOptions) => Param<bigint>
  readonly text: Maybe<TextParam, string>
  readonly boolean: Maybe<BooleanParam, boolean>
  readonly choice: ChoiceFactory
}

/**
 * Declares settings.
 * @example `params: { steps: param.int({ default: 20, min: 1, max: 100 }), mode: param.choice({ options: ['a', 'b'] }) }`
 */
export const param: ParamKinds = {
  int: (options?: Options<IntParam>) => ({ step: 1, ...options, kind: 'int' }) as const,
  float: (options?: Options<FloatParam>) => ({ step: 0.01, ...options, kind: 'float' }) as const,
  seed: (options?: SeedOptions) =>
    ({ ...options, default: String(options?.default ?? 0n), kind: 'seed' }) as const,
  text: (options?: Options<TextParam>) => ({ ...options, kind: 'text' }) as const,
  boolean: (options?: Options<BooleanParam>) => ({ ...options, kind: 'boolean' }) as const,
  choice: (options: Options<ChoiceParam>) => ({ ...options, kind: 'choice' }) as const,
}
