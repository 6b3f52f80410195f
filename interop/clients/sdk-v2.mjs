/** The official TypeScript SDK of version 2. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { drive } from "./drive.mjs"
import { sdk } from "./sdk.mjs"

let transport

await drive(
  sdk({
    // `mode` is `legacy`, `auto`, or the one revision to speak.
    client: ({ mode }, options) =>
      new Client({ name: "sdk-v2", version: "2.0.0" }, { ...options, ...negotiation(mode) }),
    transport({ url, headers, command, args }) {
      transport = url
        ? new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
        : new StdioClientTransport({ command, args })
      return transport
    },
    answer: (client, method, handler) => client.setRequestHandler(method, handler),
    hear: (client, method, handler) => client.setNotificationHandler(method, handler),
    revision: (client) => client.getNegotiatedProtocolVersion(),
    schemas: [],
    async close(client) {
      await transport.terminateSession?.()
      await client.close()
    },
  }),
)

function negotiation(mode) {
  if (mode === "legacy" || mode === "auto") return { versionNegotiation: { mode } }
  return mode >= "2026"
    ? { versionNegotiation: { mode: { pin: mode } } }
    : { supportedProtocolVersions: [mode] }
}
