/** Users and settings. The server has one user; the list of others is kept for clients that ask. */
import { HostError, isJsonObject, type JsonObject, ownProperty } from '@dicache/protocol'
import type { ComfyContext } from '../comfy-context.ts'
import { type ComfyRoute, empty, json } from '../define-route.ts'

const MAX_USERS = 1000
const USER_NAME = { type: 'string', maxLength: 100, pattern: '^(?!__).*\\S' } as const
/** Names of objects' insides are no settings. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

export function userRoutes({ settings, users }: ComfyContext): readonly ComfyRoute[] {
  const idParameter = { id: { description: 'Its name', schema: { type: 'string' } } } as const
  return [
    {
      method: 'get',
      path: '/users',
      summary: 'Where settings are kept',
      answers: { 200: 'The storage' },
      handle: () => json({ storage: 'server', migrated: true }),
    },
    {
      method: 'post',
      path: '/users',
      summary: 'Adds a user’s name',
      body: {
        kind: 'json',
        mediaType: 'application/json',
        schema: { type: 'object', required: ['username'], properties: { username: USER_NAME } },
      },
      answers: { 200: 'The id', 400: 'No such name, or it is taken' },
      async handle(call) {
        const body = call.json()
        const name = isJsonObject(body) ? body['username'] : undefined
        if (typeof name !== 'string' || name.trim() === '' || name.length > 100 || name.startsWith('__'))
          return json({ error: 'This is no user name.' }, 400)
        const id = `${name.replaceAll(/[^a-z0-9-]/gi, '').slice(0, 40)}_${crypto.randomUUID()}`
        let refused: string | undefined
        await users.update((known) => {
          const names = Object.values(known)
          refused = names.includes(name)
            ? 'Duplicate username.'
            : names.length >= MAX_USERS
              ? 'There are too many users.'
              : undefined
          return refused === undefined ? { ...known, [id]: name } : known
        })
        return refused === undefined ? json(id) : json({ error: refused }, 400)
      },
    },
    {
      method: 'get',
      path: '/settings',
      summary: 'All settings',
      answers: { 200: 'Settings by name' },
      handle: async () => json(await settings.read()),
    },
    {
      method: 'get',
      path: '/settings/{id}',
      summary: 'One setting',
      parameters: idParameter,
      answers: { 200: 'Its value; null when it is not set' },
      handle: async ({ params: { id = '' } }) => json(ownProperty(await settings.read(), id) ?? null),
    },
    {
      method: 'post',
      path: '/settings',
      summary: 'Changes settings; those not named stay',
      body: { kind: 'json', mediaType: 'application/json', schema: { type: 'object' } },
      answers: { 200: 'Done', 400: 'The body is no object', 413: 'Too much' },
      answerType: '',
      async handle(call) {
        const body = call.json()
        if (!isJsonObject(body)) throw new HostError('BAD_REQUEST', 'The body must be an object of settings.')
        const given = Object.entries(body).filter(([name]) => !RESERVED.has(name))
        await settings.update((known): JsonObject => ({ ...known, ...Object.fromEntries(given) }))
        return empty()
      },
    },
    {
      method: 'post',
      path: '/settings/{id}',
      summary: 'Changes one setting',
      parameters: idParameter,
      body: { kind: 'json', mediaType: 'application/json', schema: {} },
      answers: { 200: 'Done', 400: 'The body is no JSON', 413: 'Too much' },
      answerType: '',
      async handle(call) {
        const { id = '' } = call.params
        const value = call.json()
        if (value === undefined || RESERVED.has(id))
          throw new HostError('BAD_REQUEST', 'The body must be the value, and the name that of a setting.')
        await settings.update((known) => ({ ...known, [id]: value }))
        return empty()
      },
    },
  ]
}
