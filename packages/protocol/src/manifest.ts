/** What a node or a pack looks like without its code: plain JSON, enough to list, draw and validate nodes. */

/** One socket of a node. */
export type PortManifest = {
  readonly name: string
  /** ComfyUI's type string: `MODEL`, `IMAGE`, `*`, or a comma-separated set of types. */
  readonly type: string
  readonly label?: string
  readonly description?: string
  /** Inputs only: may stay unconnected. */
  readonly optional?: true
  /** Inputs only: computed only when the node asks for it. */
  readonly lazy?: true
  /** Inputs only: the node receives the link itself, and its source is not computed. */
  readonly rawLink?: true
  /** Outputs only: the returned list is spread into single items. */
  readonly list?: true
}

type ParamBase = {
  readonly name: string
  readonly label?: string
  readonly description?: string
  /** May be left out; then the default, if there is one, holds. */
  readonly optional?: true
  /** Computed only when the node asks for it, where it is linked. */
  readonly lazy?: true
  /** Shown as a socket only: takes no widget and no entry of `widgets_values`. */
  readonly socketOnly?: true
  /** Range and options are the business of the node's own `validate`. */
  readonly checkedByNode?: true
  /** Shown among the advanced settings. */
  readonly advanced?: true
}

/** A whole number. */
export type IntParam = ParamBase & {
  readonly kind: 'int'
  readonly default?: number
  readonly min?: number
  readonly max?: number
  readonly step: number
  readonly display?: 'number' | 'slider'
  /** The editor may change it after each run, as it does with seeds; takes a second entry of `widgets_values`. */
  readonly controlAfterGenerate?: true
}

/** A real number. `round` is the precision that editors round to. */
export type FloatParam = ParamBase & {
  readonly kind: 'float'
  readonly default?: number
  readonly min?: number
  readonly max?: number
  readonly step: number
  readonly round?: number
  readonly display?: 'number' | 'slider'
}

/** A 64-bit seed, 0 … 18446744073709551615; decimal text, because JSON numbers of clients cannot hold it. */
export type SeedParam = ParamBase & { readonly kind: 'seed'; readonly default: string }

/** A text. */
export type TextParam = ParamBase & {
  readonly kind: 'text'
  readonly default?: string
  readonly multiline?: true
  /** `{a|b|c}` is resolved when the workflow is queued. */
  readonly dynamicPrompts?: true
  readonly placeholder?: string
}

/** A switch. */
export type BooleanParam = ParamBase & {
  readonly kind: 'boolean'
  readonly default?: boolean
  readonly labelOn?: string
  readonly labelOff?: string
}

/**
 * One of a list. The list is `options`, then what the host finds under `source`:
 * `models/<folder>` (weight files), `input` (files of the input folder).
 */
export type ChoiceParam = ParamBase & {
  readonly kind: 'choice'
  readonly options?: readonly string[]
  readonly source?: string
  readonly default?: string
  /** The editor offers a button to upload a file of this sort. */
  readonly upload?: 'image' | 'mask' | 'video' | 'audio'
}

/** One setting of a node; every one can also be linked. */
export type ParamManifest = IntParam | FloatParam | SeedParam | TextParam | BooleanParam | ChoiceParam

/** A node without its functions. */
export type NodeManifest = {
  readonly type: string
  /** Part of the cache key: raise it when the same inputs give another result. */
  readonly version: number
  readonly title: string
  readonly category: string
  readonly description: string
  readonly inputs: readonly PortManifest[]
  /** In the order of `widgets_values`: required ones first. */
  readonly params: readonly ParamManifest[]
  /** Names of inputs and parameters as they are listed, where that is not inputs first. */
  readonly order?: readonly string[]
  readonly outputs: readonly PortManifest[]
  /** Runs although nothing uses its outputs. */
  readonly output: boolean
  /** Equal inputs may give other results in another place: the node's id takes part in its cache key. */
  readonly notIdempotent?: true
  /** Gets whole lists, in one call. */
  readonly inputIsList?: true
  /** Waits more than it computes: may run beside other nodes. */
  readonly concurrent?: true
  /** Whether the types of its links fit is the business of the node's own `validate`. */
  readonly checksTypes?: true
  readonly experimental?: true
  readonly deprecated?: true
  /** Words that find the node in a search. */
  readonly aliases?: readonly string[]
}

/** A pack without its code. */
export type PackManifest = {
  readonly name: string
  readonly version: string
  readonly nodes: readonly NodeManifest[]
}

/** The largest seed, 2^64 − 1. */
export const MAX_SEED: bigint = 18446744073709551615n
/** The port type that accepts everything and is accepted everywhere. */
export const ANY_TYPE: string = '*'

/** The type string that a link to a parameter must carry. */
export function paramType(param: ParamManifest): string {
  switch (param.kind) {
    case 'int':
    case 'seed':
      return 'INT'
    case 'float':
      return 'FLOAT'
    case 'text':
      return 'STRING'
    case 'boolean':
      return 'BOOLEAN'
    case 'choice':
      return 'COMBO'
  }
}
