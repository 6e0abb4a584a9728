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

/** Creates the host of a command line. `DICACHE_HOME` and `DICACHE_DEVICE` stand in for options that are not given. */
export async function createHostFrom(
  words: Words,
  env: Readonly<Record<string, string | undefined>>,
  overrides: Partial<HostOptions> = {},
): Promise<Host> {
  const output = words.text('out')
  return createHost({
    home: path.resolve(words.text('home') ?? env['DICACHE_HOME'] ?? path.join(homedir(), '.dicache')),
    models: await Promise.all(words.texts('models').map(modelsFolder)),
    device: deviceOf(words.text('device') ?? env['DICACHE_DEVICE'] ?? 'auto'),
    threads: words.count('threads', 0),
    ...(output === undefined ? {} : { output: path.resolve(output) }),
    ...overrides,
  })
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
