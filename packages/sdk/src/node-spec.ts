/** The types of a node's declaration: what its author writes, what its functions get, and what is left of it. */
import type { JsonObject, JsonValue, NodeManifest } from '@dicache/protocol'
import type { HostServices, Reporter } from './host-services.ts'
import type { Blocker, Expansion, UiOutput } from './node-result.ts'
import type { Param, ParamValue } from './param.ts'
import type { Port, PortValue } from './port.ts'

/** Sockets by name. */
export type Ports = Readonly<Record<string, Port<unknown>>>
/** Settings by name. */
export type Params = Readonly<Record<string, Param<unknown>>>

/** A node of the graph that runs. */
export type RunningNode = {
  readonly type: string
  /** The node of the document that it is shown at. */
  readonly displayId: string
  /** Constants as they are, links as `NodeLink`s: they can be put into an expansion. */
  readonly inputs: Readonly<Record<string, unknown>>
}

/** What a node can know about the run it is in. Reading it does not make it part of the cache key. */
export type HiddenValues = {
  /** The graph that runs, in the API format. */
  readonly prompt: JsonObject
  /** The document as it was given, when it was one of the editor's. */
  readonly document: JsonValue | undefined
  /** What the client sent along with the run, such as texts to store in pictures (ComfyUI's `extra_data`). */
  readonly extra: JsonObject
  readonly nodeId: string
  readonly runId: string
  /** Looks a node up in the graph as it is now, with the nodes that expansions added. */
  readonly getNode: (id: string) => RunningNode | undefined
}

/** What `run` gets. */
export type NodeContext<
  Inputs = Readonly<Record<string, unknown>>,
  Values = Readonly<Record<string, unknown>>,
> = {
  readonly inputs: Inputs
  readonly params: Values
  readonly signal: AbortSignal
  readonly report: Reporter
  readonly host: HostServices
  readonly hidden: HiddenValues
}

/** What hooks that run before the graph get: linked parameters are undefined. */
export type HookContext<Values = Readonly<Record<string, unknown>>> = {
  readonly params: Values
  readonly host: HostServices
  readonly signal: AbortSignal
}

/** What `validate` gets. */
export type ValidateContext<Values = Readonly<Record<string, unknown>>> = HookContext<Values> & {
  /** The types that links bring, by input: `IMAGE`, `*`. Left out where nobody knows the graph. */
  readonly inputTypes?: Readonly<Record<string, string>>
}

/** What `checkLazy` gets: inputs and linked parameters that are not computed yet are undefined. */
export type LazyContext<
  Inputs = Readonly<Record<string, unknown>>,
  Values = Readonly<Record<string, unknown>>,
> = {
  readonly inputs: Inputs
  readonly params: Values
  /** Whether something is linked to an input: only those may be named. */
  readonly isLinked: (name: string) => boolean
}

/** A fault that a node's own validation found. */
export type ValidationIssue = { readonly input?: string; readonly message: string }

/** State of the world that a result depends on. `NaN`, or a hook that throws: never take it from the cache. */
export type Fingerprint = string | number | bigint | boolean | null

type Awaitable<T> = T | Promise<T>

/** Brings what a document holds of a node from one version of its type to the next. */
export type NodeMigration = {
  /** Settings and inputs that got another name: old name → new name. Links follow. */
  readonly renamed?: Readonly<Record<string, string>>
  /** Outputs that moved: old number → new number. Links follow. */
  readonly outputs?: Readonly<Record<number, number>>
  /**
   * What the entries of `widgets_values` were called in the older version, null for entries that are no setting (the
   * one after a seed). Needed where settings moved, for documents whose values are not named.
   */
  readonly widgets?: readonly (string | null)[]
  /** Changes the saved settings; they have their new names already. What it leaves out takes its default. */
  readonly settings?: (saved: JsonObject) => JsonObject
}

/** Migrations by the version that they start from: `{ 1: … }` leads from version 1 to version 2. */
export type NodeMigrations = Readonly<Record<number, NodeMigration>>

/** A declared node, its value types erased: what packs, registry and executor hold. */
export type NodeDefinition = {
  readonly manifest: NodeManifest
  readonly run: (context: NodeContext) => Promise<NodeReturn>
  readonly fingerprint?: (context: HookContext) => Awaitable<Fingerprint>
  readonly checkLazy?: (context: LazyContext) => Awaitable<readonly string[]>
  readonly migrations?: NodeMigrations
  readonly validate?: (context: ValidateContext) => Awaitable<readonly ValidationIssue[]>
}

/** What a node's function may give back: outputs by name and, for the user interface, `ui`. */
export type NodeReturn = Readonly<Record<string, unknown>> | Expansion

type InputsOf<I extends Ports> = { readonly [K in keyof I]: PortValue<I[K]> }
type ParamsOf<P extends Params> = { readonly [K in keyof P]: ParamValue<P[K]> }
type ListsOf<V> = { readonly [K in keyof V]: readonly V[K][] }
type Unknowns<V> = { readonly [K in keyof V]: V[K] | undefined }
type ItemOr<T, B> = T extends readonly (infer U)[] ? readonly (U | B)[] | B : T | B
type OutputsOf<O extends Ports> = { readonly [K in keyof O]: ItemOr<PortValue<O[K]>, Blocker> | Blocker } & {
  readonly ui?: UiOutput
}
// A node without outputs may return nothing.
type ReturnOf<O extends Ports> =
  | OutputsOf<O>
  | Expansion
  // oxlint-disable-next-line typescript/no-invalid-void-type
  | (keyof O extends never ? void : never)

type Shape<V, L extends boolean> = L extends true ? ListsOf<V> : V

/** What an author writes. */
export type NodeSpec<I extends Ports, P extends Params, O extends Ports, L extends boolean> = {
  /** The name in documents. ComfyUI's where there is one. */
  readonly type: string
  /** Part of the cache key: raise it when the same inputs give another result. */
  readonly version: number
  readonly title: string
  /** A path for the menu, with slashes. */
  readonly category: string
  readonly description: string
  readonly inputs?: I
  /** In the order of `widgets_values`; required ones first. */
  readonly params?: P
  /** How inputs and parameters are listed together: every name once. Scripts may name them by place. @defaultValue inputs first */
  readonly order?: readonly ((keyof I | keyof P) & string)[]
  readonly outputs?: O
  /** An output node runs although nothing uses its outputs. @defaultValue false */
  readonly output?: boolean
  /** Equal inputs may give other results in another place of the graph. @defaultValue false */
  readonly notIdempotent?: boolean
  /** The node gets whole lists, in one call: every input and parameter arrives as a list. @defaultValue false */
  readonly inputIsList?: L
  /** The node waits more than it computes, and may run beside others. @defaultValue false */
  readonly concurrent?: boolean
  /** The types of links are checked by `validate`, which gets them, and by nobody else. @defaultValue false */
  readonly checksTypes?: boolean
  readonly experimental?: boolean
  readonly deprecated?: boolean
  readonly aliases?: readonly string[]
  /** How documents that were saved with an older version are read. @defaultValue as if nothing had changed */
  readonly migrations?: NodeMigrations
  /** State of the world that the result depends on, such as the hash of a file. */
  readonly fingerprint?: (context: HookContext<Unknowns<ParamsOf<P>>>) => Awaitable<Fingerprint>
  /** Names the lazy inputs it needs, given what is known; asked again until it needs nothing new. */
  readonly checkLazy?: (
    context: LazyContext<Shape<Unknowns<InputsOf<I>>, L>, Shape<Unknowns<ParamsOf<P>>, L>>,
  ) => Awaitable<readonly ((keyof I | keyof P) & string)[]>
  /** Checks what only the node can check, such as whether a file exists. */
  readonly validate?: (
    context: ValidateContext<Unknowns<ParamsOf<P>>>,
  ) => Awaitable<readonly ValidationIssue[]>
  readonly run: (context: NodeContext<Shape<InputsOf<I>, L>, Shape<ParamsOf<P>, L>>) => Awaitable<ReturnOf<O>>
}
