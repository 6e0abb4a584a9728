/** Answers the requests of one socket: payloads are parsed, and whatever goes wrong is an answer. */
import { type Answer, HostError, type Schema, toHostError } from '@dicache/protocol'
import type { Logger } from 'pino'

/** The part of a socket that requests need; names and payloads come from outside. */
export type RequestSocket = {
  readonly on: (name: string, listener: (...given: readonly unknown[]) => void) => unknown
}

export type Requests = {
  /** Answers `name` with what `answer` gives or throws. Without a schema the payload is ignored. */
  readonly on: <T, R>(name: string, schema: Schema<T>, answer: (request: T) => R | Promise<R>) => void
}

/** An error that brings all problems of a document along. */
export class RefusedError extends HostError {
  override readonly name = 'RefusedError'
  readonly problems: Extract<Answer<never>, { ok: false }>['problems']

  constructor(
    error: ConstructorParameters<typeof HostError>,
    problems: Extract<Answer<never>, { ok: false }>['problems'],
  ) {
    super(...error)
    this.problems = problems
  }
}

export function createRequests(socket: RequestSocket, log: Logger): Requests {
  return {
    on(name, schema, answer) {
      socket.on(name, (...given) => {
        const done = given.at(-1)
        // Without an acknowledgement there is nobody to tell; a request has exactly a payload and that.
        if (typeof done !== 'function') return
        const reply = (answered: Answer<unknown>): void => void Reflect.apply(done, undefined, [answered])
        const parsed = schema.parse(given.length > 1 ? given[0] : {})
        if (!parsed.ok) {
          const [first] = parsed.problems
          const error = new HostError('BAD_REQUEST', first?.message ?? 'the request cannot be understood')
          return reply({ ok: false, error: error.toJSON(), problems: parsed.problems })
        }
        void (async () => {
          try {
            reply({ ok: true, value: await answer(parsed.value) })
          } catch (thrown) {
            const error = toHostError(thrown)
            if (error.code === 'INTERNAL')
              log.error({ err: error.cause ?? error, request: name }, 'a request failed')
            reply({
              ok: false,
              error: error.toJSON(),
              ...(error instanceof RefusedError &&
                error.problems !== undefined && { problems: error.problems }),
            })
          }
        })()
      })
    },
  }
}
