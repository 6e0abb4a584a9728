/** An opened weight file: what it holds, and how to read one tensor of it. The bytes stay on disk until asked for. */
import type { FloatTensor, Tensor } from '@dicache/tensor'
import type { WeightDType } from './dtypes.ts'

/** Where one tensor lies. With `folder` of its file this is all that an external-data initializer needs. */
export type TensorEntry = {
  /** The key in the file, never shortened. */
  readonly name: string
  readonly dtype: WeightDType
  readonly shape: readonly number[]
  /** File name inside {@link WeightFile.folder}; the shard's, where there are shards. */
  readonly file: string
  /** Offset of the first byte, from the start of that file. */
  readonly byteOffset: number
  readonly byteLength: number
}

/** A weight file, or a set of shards that looks like one. Close it, or declare it with `await using`. */
export type WeightFile = AsyncDisposable & {
  /** As given to the opener; for messages. */
  readonly path: string
  /** Absolute folder that holds the file or all its shards, symbolic links resolved. */
  readonly folder: string
  /** The file's `__metadata__`; of shards, the first shard's. */
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: ReadonlyMap<string, TensorEntry>
  /**
   * The tensor's bytes as they are in the file (little-endian), in a buffer of their own.
   * @throws MISSING_KEYS when there is no such tensor; TRUNCATED_FILE when the file shrank; NOT_READABLE when closed.
   */
  readonly readBytes: (name: string, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>
  /**
   * A tensor of any float type as float32: exact but for F64, which rounds to nearest.
   * @throws WRONG_DTYPE for integers, booleans, complex numbers and packed types below eight bits.
   */
  readonly readFloat32: (name: string, signal?: AbortSignal) => Promise<FloatTensor>
  /**
   * A tensor in the nearest type of `@dicache/tensor` that holds every value (`DTYPES[dtype].tensor`).
   * @throws WRONG_DTYPE where there is none (F64, U64, complex, packed).
   */
  readonly readTensor: (name: string, signal?: AbortSignal) => Promise<Tensor>
  /** Closes the file; a second call does nothing. */
  readonly close: () => Promise<void>
}
