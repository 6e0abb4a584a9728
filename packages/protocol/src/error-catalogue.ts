/** Every error and problem this project knows, with the HTTP status and the exit code it ends in. */

/** What a code means to the outside. `exit`: 1 the run failed, 2 invalid input, 130 cancelled. */
export type ErrorClass = { readonly http: number; readonly exit: 1 | 2 | 130 }

/** The codes by what they mean: `{status of HTTP}.{exit code}`. */
const codes = {
  '400.2': [
    // Documents
    'NOT_JSON',
    'TOO_DEEP',
    'NOT_A_WORKFLOW',
    'UNSUPPORTED_DOCUMENT_FEATURE',
    'DUPLICATE_NODE_ID',
    'NODE_WITHOUT_TYPE',
    'MALFORMED_LINK',
    'BAD_WIDGET_VALUES',
    'BAD_NAMED_INPUT',
    // Validation
    'UNKNOWN_NODE_TYPE',
    'REQUIRED_INPUT_MISSING',
    'MISSING_LINK',
    'BAD_LINK',
    'TYPE_MISMATCH',
    'WRONG_VALUE_TYPE',
    'VALUE_OUT_OF_RANGE',
    'VALUE_NOT_IN_LIST',
    'CUSTOM_VALIDATION_FAILED',
    'CYCLE',
    'NO_OUTPUTS',
    'UNKNOWN_TARGET',
    // Settings given beside a document
    'BAD_SETTING',
    'UNKNOWN_SETTING',
    'AMBIGUOUS_SETTING',
    // Weights and models
    'TRUNCATED_FILE',
    'HEADER_TOO_LARGE',
    'BAD_HEADER',
    'BAD_OFFSETS',
    'OVERLAPPING_OFFSETS',
    'WRONG_DTYPE',
    'WRONG_SHAPE',
    'MISSING_KEYS',
    'UNEXPECTED_KEYS',
    'PICKLE_FILE',
    'GGUF_FILE',
    'LFS_POINTER',
    'NOT_SAFETENSORS',
    'BAD_INDEX',
    'BAD_SHARD_NAME',
    'MISSING_SHARD',
    'AMBIGUOUS_FOLDER',
    'UNKNOWN_FORMAT',
    'UNKNOWN_FAMILY',
    'UNSUPPORTED_MODEL',
    'MODEL_MISMATCH',
    'MODEL_CHANGED',
    'MISSING_COMPANION',
    'MISSING_TOKENIZER',
    'BAD_TOKENIZER',
    // Requests
    'BAD_REQUEST',
  ],
  '401.2': ['UNAUTHORIZED'],
  '403.2': ['FORBIDDEN', 'FILE_NOT_READABLE', 'NOT_READABLE', 'PATH_OUTSIDE'],
  '404.2': ['NOT_FOUND', 'FILE_NOT_FOUND', 'UNKNOWN_RUN'],
  '405.2': ['METHOD_NOT_ALLOWED'],
  '409.2': ['RUN_EXISTS', 'RUN_NOT_PENDING', 'RUN_NOT_ENDED', 'ALREADY_EXISTS'],
  '412.2': ['DOCUMENT_CHANGED'],
  '413.2': ['TOO_LARGE'],
  '415.2': ['UNSUPPORTED_FILE'],
  '428.2': ['CONDITION_MISSING'],
  '429.1': ['QUEUE_FULL'],
  '429.2': ['TOO_MANY_TRIES'],
  '499.130': ['CANCELLED'],
  '500.1': [
    'NODE_FAILED',
    'EMPTY_LIST',
    'EXPANSION_FAILED',
    'OUTPUT_NOT_WRITABLE',
    'WORKER_DIED',
    'DUPLICATE_NODE_TYPE',
    'BAD_PACK',
    'BAD_GRAPH',
    'SESSION_FAILED',
    'GRAPH_RUN_FAILED',
    'RUNTIME_DISPOSED',
    'INTERNAL',
  ],
  '503.1': ['DEVICE_UNAVAILABLE', 'ADDRESS_IN_USE', 'HOME_IN_USE'],
  '504.1': ['TIMED_OUT'],
  '507.1': ['DISK_FULL', 'OUT_OF_MEMORY'],
} as const

/** A code of the catalogue. */
export type ErrorCode = (typeof codes)[keyof typeof codes][number]

const classes = new Map<string, ErrorClass>(
  Object.entries(codes).flatMap(([key, members]) => {
    const [http, exit] = key.split('.').map(Number)
    const meaning = { http: http ?? 500, exit: exit === 130 ? 130 : exit === 2 ? 2 : 1 } as const
    return members.map((code): [string, ErrorClass] => [code, meaning])
  }),
)

/** All codes of the catalogue. */
export const errorCodes: readonly ErrorCode[] = Object.values(codes).flat()

/** What a code means to the outside. */
export function errorClass(code: ErrorCode): ErrorClass {
  return classes.get(code) ?? { http: 500, exit: 1 }
}

/** Whether something is a code of the catalogue. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && classes.has(code)
}
