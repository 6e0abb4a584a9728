/** Takes secrets out of what is stored, shown or logged. */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@dicache/protocol'

/** Names whose values are nobody's business, whatever the spelling: `api_key_comfy_org`, `authToken`, `X-Api-Key`. */
const SECRET =
  /(^|_)(api_?key|auth_?token|access_?token|refresh_?token|token|secret|password|passwd|authorization|credentials?)(_|$)/i

/** Whether a field of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name.replaceAll('-', '_').replaceAll(/([a-z])([A-Z])/g, '$1_$2'))
}

/** The object without its fields of secrets, at every depth. What has none is returned as it is. */
export function withoutSecrets(object: JsonObject): JsonObject {
  const entries = Object.entries(object)
  const kept = entries.flatMap(([name, value]): [string, JsonValue][] =>
    isSecretName(name) ? [] : [[name, cleaned(value)]],
  )
  const same = kept.length === entries.length && kept.every(([name, value]) => Object.is(object[name], value))
  return same ? object : Object.fromEntries(kept)
}

function cleaned(value: JsonValue): JsonValue {
  if (isJsonArray(value)) {
    const items = value.map(cleaned)
    return items.every((item, at) => Object.is(item, value[at])) ? value : items
  }
  return isJsonObject(value) ? withoutSecrets(value) : value
}
