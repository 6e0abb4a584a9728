/** How the door is set up. */
export type SecurityOptions = {
  /** Further names of this server: `studio.lan`, `studio.lan:8080`, `https://studio.example`. */
  readonly allowHosts?: readonly string[]
  /** Demanded from everybody. @defaultValue a new one when the server listens on more than the machine itself */
  readonly token?: string
  /** Addresses below which runs may report their end (`extra_data.webhook`). @defaultValue none */
  readonly webhooks?: readonly string[]
  /** Where a new token is told, once. @defaultValue stderr */
  readonly tellToken?: (token: string, url: string) => void
}
