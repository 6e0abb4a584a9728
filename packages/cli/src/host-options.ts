/** The options that every command with a host shares, and the host that they describe. */
import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import type { ParseArgsOptionsConfig } from 'node:util'
import { createHost, type DeviceChoice, DEVICES, type Host, type HostOptions } from '@dicache/host'
import { HostError } from '@dicache/protocol'
import type { Words } from './command.ts'

export const HOST_OPTIONS: ParseArgsOptionsConfig = {
  home: { type: 'string' },
  models: { type: 'string', multiple: true },
  device: { type: 'string' },
  threads: { type: 'string' },
  out: { type: 'string' },
}

type Env = Readonly<Record<string, string | undefined>>

/** Creates the host of a command line. */
export async function createHostFrom(
  words: Words,
  env: Env,
  overrides: Partial<HostOptions> = {},
): Promise<Host> {
  return createHost({ ...(await hostOptionsOf(words, env)), ...overrides })
}

/** The home that a command line names. */
export function homeOf(words: Words, env: Env): string {
  return path.resolve(words.text('home') ?? env['DICACHE_HOME'] ?? path.join(homedir(), '.dicache'))
}

/** The options of a host. `DICACHE_HOME` and `DICACHE_DEVICE` stand in for options that are not given. */
export async function hostOptionsOf(
  words: Words,
  env: Env,
): Promise<
  Pick<HostOptions, 'home' | 'output'> & Required<Pick<HostOptions, 'models' | 'device' | 'threads'>>
> {
  const output = words.text('out')
  return {
    home: homeOf(words, env),
    models: await Promise.all(words.texts('models').map(modelsFolder)),
    device: deviceOf(words.text('device') ?? env['DICACHE_DEVICE'] ?? 'auto'),
    threads: words.count('threads', 0),
    ...(output === undefined ? {} : { output: path.resolve(output) }),
  }
}

/** A folder that was asked for by name and is not there would otherwise just hold no models. */
async function modelsFolder(folder: string): Promise<string> {
  const resolved = path.resolve(folder)
  if ((await stat(resolved).catch(() => undefined))?.isDirectory() !== true)
    throw new HostError('FILE_NOT_FOUND', `--models: there is no folder ${resolved}`, { path: resolved })
  return resolved
}

function deviceOf(name: string): DeviceChoice {
  const device = DEVICES.find((candidate) => candidate === name)
  if (device === undefined)
    throw new HostError('BAD_REQUEST', `there is no device "${name}"; choose one of ${DEVICES.join(', ')}`)
  return device
}
