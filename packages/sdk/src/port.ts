/** Declares the sockets of a node: `port.latent()`, `port.image({ optional: true })`, `port.custom<T>('NAME')`. */
import type { PortManifest } from '@dicache/protocol'
import type { NodeLink } from './node-link.ts'
import type {
  ConditioningValue,
  ImageValue,
  LatentValue,
  MaskValue,
  ReportValue,
  SigmasValue,
} from './values.ts'

/** What may be said about a socket. */
export type PortOptions = {
  /** Shown instead of the name. */
  readonly label?: string
  readonly description?: string
}

/** A declared socket that carries values of type T. `~value` exists for the type checker only. */
export type Port<T> = Omit<PortManifest, 'name'> & { readonly '~value'?: () => T }

/** The value a declared socket carries. */
export type PortValue<P> = P extends { readonly '~value'?: () => infer T } ? T : never

type Optional = PortOptions & { readonly optional: true }
type Lazy = PortOptions & { readonly lazy: true; readonly optional?: true }
type List = PortOptions & { readonly list: true }
type Raw = PortOptions & { readonly rawLink: true }
type OptionalRaw = Raw & { readonly optional: true }

/** Makes a socket of a fixed value type. `optional` and `lazy` are for inputs, `list` for outputs. */
export type PortFactory<T> = {
  (options: OptionalRaw): Port<NodeLink | undefined>
  (options: Optional): Port<T | undefined>
  (options: Lazy): Port<T | undefined>
  (options: List): Port<readonly T[]>
  (options: Raw): Port<NodeLink>
  (options?: PortOptions): Port<T>
}

/** Makes a socket whose value type the pack names: `port.model<FluxModel>()`. */
export type OpenPortFactory<Base> = {
  (options: OptionalRaw): Port<NodeLink | undefined>
  <T = Base>(options: Optional): Port<T | undefined>
  <T = Base>(options: Lazy): Port<T | undefined>
  <T = Base>(options: List): Port<readonly T[]>
  (options: Raw): Port<NodeLink>
  <T = Base>(options?: PortOptions): Port<T>
}

/** Makes a socket of a type of the pack's own. */
export type CustomPortFactory = {
  (type: string, options: OptionalRaw): Port<NodeLink | undefined>
  <T>(type: string, options: Optional): Port<T | undefined>
  <T>(type: string, options: Lazy): Port<T | undefined>
  <T>(type: string, options: List): Port<readonly T[]>
  (type: string, options: Raw): Port<NodeLink>
  <T>(type: string, options?: PortOptions): Port<T>
}

/** Every kind of socket, by ComfyUI's type names. */
export type PortKinds = {
  readonly model: OpenPortFactory<unknown>
  readonly clip: OpenPortFactory<unknown>
  readonly vae: OpenPortFactory<unknown>
  readonly probe: OpenPortFactory<unknown>
  readonly noise: OpenPortFactory<unknown>
  readonly sampler: OpenPortFactory<unknown>
  readonly guider: OpenPortFactory<unknown>
  readonly sigmas: OpenPortFactory<SigmasValue>
  readonly report: OpenPortFactory<ReportValue>
  readonly conditioning: PortFactory<ConditioningValue>
  readonly latent: PortFactory<LatentValue>
  readonly image: PortFactory<ImageValue>
  readonly mask: PortFactory<MaskValue>
  readonly int: PortFactory<number>
  /** An INT of up to 64 bits. */
  readonly seed: PortFactory<bigint>
  readonly float: PortFactory<number>
  readonly string: PortFactory<string>
  readonly boolean: PortFactory<boolean>
  /** Accepts everything, and is accepted everywhere. */
  readonly any: OpenPortFactory<unknown>
  readonly custom: CustomPortFactory
}

type AnyOptions = Partial<Optional & Lazy & List & Raw>

const ofType =
  (type: string) =>
  (options?: AnyOptions): Omit<PortManifest, 'name'> => ({ ...options, type })

/**
 * Declares sockets.
 * @example `inputs: { latent: port.latent(), mask: port.mask({ optional: true }) }`
 */
export const port: PortKinds = {
  model: ofType('MODEL'),
  clip: ofType('CLIP'),
  vae: ofType('VAE'),
  probe: ofType('PROBE'),
  noise: ofType('NOISE'),
  sampler: ofType('SAMPLER'),
  guider: ofType('GUIDER'),
  sigmas: ofType('SIGMAS'),
  report: ofType('REPORT'),
  conditioning: ofType('CONDITIONING'),
  latent: ofType('LATENT'),
  image: ofType('IMAGE'),
  mask: ofType('MASK'),
  int: ofType('INT'),
  seed: ofType('INT'),
  float: ofType('FLOAT'),
  string: ofType('STRING'),
  boolean: ofType('BOOLEAN'),
  any: ofType('*'),
  custom: (type: string, options?: AnyOptions) => ofType(type)(options),
}
