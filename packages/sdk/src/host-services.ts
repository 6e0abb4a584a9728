/** What a node may ask of the program it runs in. The host implements it; tests make a small one of their own. */
import type { EncodedImage, FileKind, JsonValue, SavedFile } from '@dicache/protocol'
import type { FloatTensor, OpenGraph } from '@dicache/tensor'

/** A weight file that a folder of models holds. */
export type ModelEntry = {
  /** Relative to the folder, with forward slashes: what a choice shows. */
  readonly name: string
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/** Something costly that is made once and shared: an opened model, a tokenizer. */
export type Resource<T> = {
  readonly value: T
  /** What it holds, for the memory budget. @defaultValue 0 */
  readonly bytes?: number
  readonly dispose?: () => void | Promise<void>
}

/** A file to be written. */
export type FileToSave = {
  readonly bytes: Uint8Array
  /** Name before the counter; may hold a folder (`shots/a`). A prefix that leaves the folder is refused. */
  readonly prefix: string
  /** Without the dot. */
  readonly extension: string
  readonly kind: Exclude<FileKind, 'input'>
}

/** The services of the host. */
export type HostServices = {
  /** Opens a compiled graph on the device, or gives the session that is already open for its key. */
  readonly openGraph: OpenGraph
  /** Where graphs run: `cpu`, `cuda`, `webgpu`. */
  readonly device: string
  /** Absolute path of the folder of the bundled model and its companions. */
  readonly bundledFolder: string
  readonly models: {
    readonly list: (folder: string) => Promise<readonly ModelEntry[]>
    /**
     * The absolute path of a listed file that the result will be made with: the run's record names it. Ask for it in
     * every run, also where what it holds is a shared resource.
     * @throws FILE_NOT_FOUND, or PATH_OUTSIDE for a name that leaves the folder.
     */
    readonly resolve: (folder: string, name: string) => Promise<string>
    /** The same for a file that is only looked at, such as one of several that might fit. */
    readonly peek: (folder: string, name: string) => Promise<string>
  }
  readonly inputs: {
    readonly list: () => Promise<readonly string[]>
    /** The absolute path of an input file; `x.png [output]` looks in the output folder. */
    readonly resolve: (name: string) => Promise<string>
  }
  readonly outputs: { readonly save: (file: FileToSave) => Promise<SavedFile> }
  /**
   * Gives the value made for this key, over runs; makes it when there is none. Two callers at once share one creation;
   * a failed creation is not remembered. The key must name everything the value depends on.
   */
  readonly resource: <T>(key: string, create: () => Promise<Resource<T>>) => Promise<T>
}

/** How a node tells what it is doing. Every call throws once the run is cancelled. */
export type Reporter = {
  /** `done` of `total` units; detail is one short line. */
  readonly progress: (done: number, total: number, detail?: string) => void
  /** Whether anybody sees previews: a node need not make them otherwise. */
  readonly showsPreviews: boolean
  /** A picture of the state so far: float32 `[B, H, W, 3]`, 0..1 (the first one is shown), or encoded already. */
  readonly preview: (image: FloatTensor | EncodedImage) => void
  /** Structured data for those who watch, such as the decision of a step. JSON only. */
  readonly event: (name: string, data: JsonValue) => void
  readonly log: (message: string, level?: 'info' | 'warning') => void
}
