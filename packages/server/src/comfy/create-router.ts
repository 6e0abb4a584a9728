/** Serves a table of routes with Express. */
import { HostError, stringifyJson } from '@dicache/protocol'
import express from 'express'
import type { Request, RequestHandler, Response } from 'express'
import { type BodyLimits, bodyBytes, bodyJson, rawBody } from '../security/read-body.ts'
import { errorHandler } from '../security/send-error.ts'
import type { Answer, Call, ComfyRoute } from './define-route.ts'

/** Makes the router of a table; every route is below `/` and below `/api`. */
export function createRouter(
  routes: readonly ComfyRoute[],
  limits: BodyLimits,
  onUnexpected: (error: HostError, request: Request) => void,
): express.Router {
  const table = express.Router({ caseSensitive: true, strict: true })
  for (const route of routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    table[route.method](path, ...bodyReader(route, limits), serve(route, limits))
  }
  for (const [path, methods] of methodsByPath(routes))
    table.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), refuseMethod(methods))
  const router = express.Router()
  router.use('/api', table)
  router.use(table)
  router.use(errorHandler(onUnexpected))
  return router
}

/** GET answers HEAD as well. */
function methodsByPath(routes: readonly ComfyRoute[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const { path, method } of routes) {
    const names = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]
    found.set(path, [...(found.get(path) ?? []), ...names])
  }
  return found
}

function refuseMethod(methods: readonly string[]): RequestHandler {
  return function refuse(request, response) {
    response.set('Allow', methods.join(', '))
    throw new HostError(
      'METHOD_NOT_ALLOWED',
      `${request.method} is not for this path; it takes ${methods.join(', ')}.`,
    )
  }
}

function bodyReader({ body }: ComfyRoute, limits: BodyLimits): RequestHandler[] {
  if (body?.kind === 'json') return [rawBody(Math.min(limits.jsonBytes, body.maxBytes ?? limits.jsonBytes))]
  return body?.kind === 'raw' ? [rawBody(limits.uploadBytes)] : []
}

function serve(route: ComfyRoute, limits: BodyLimits): RequestHandler {
  return async function serveRoute(request, response) {
    const gone = new AbortController()
    response.once('close', () => {
      if (!response.writableFinished) gone.abort(new HostError('CANCELLED', 'The client has gone.'))
    })
    const call: Call = {
      request,
      params: onlyTexts(request.params),
      query: new URLSearchParams(request.url.split('?').slice(1).join('?')),
      json: () => bodyJson(request, limits),
      bytes: () => bodyBytes(request),
      onAnswered: (answered) => void response.once('close', answered),
      signal: gone.signal,
    }
    try {
      await send(response, await route.handle(call))
    } catch (error) {
      // Nobody is there to be told.
      if (!gone.signal.aborted) throw error
    }
  }
}

async function send(response: Response, answer: Answer): Promise<void> {
  switch (answer.kind) {
    case 'json':
      response
        .status(answer.status ?? 200)
        .type('json')
        .send(stringifyJson(answer.value))
      return
    case 'text':
      response.type('json').send(answer.text)
      return
    case 'empty':
      response.status(answer.status ?? 200).end()
      return
    case 'bytes':
      response.set({ ...answer.headers }).send(Buffer.from(answer.bytes))
      return
    case 'file':
      response.set({ ...answer.headers })
      await new Promise<void>((resolve, reject) => {
        response.sendFile(answer.path, { dotfiles: 'allow', cacheControl: false }, (error?: Error) => {
          // A client that goes away in the middle of a film is nobody's fault.
          if (error === undefined || response.headersSent) resolve()
          else reject(error)
        })
      })
  }
}

function onlyTexts(params: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}
