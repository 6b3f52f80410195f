import { Client, type ClientOptions, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import type { FleetMCP } from "fleetmcp"
import { onTestFinished } from "vitest"

/** Connects the official client to a server over HTTP, on a free port, until the test ends. */
export async function connect(
  mcp: FleetMCP,
  options: ClientOptions = {},
  headers: { readonly [name: string]: string } = {},
): Promise<Client> {
  const { url } = await mcp.run({ transport: "http", port: 0, inTests: true })
  const client = new Client(
    { name: "official", version: "2.4.0" },
    { versionNegotiation: { mode: { pin: "2026-07-28" } }, ...options },
  )
  onTestFinished(async () => {
    await client.close()
    await mcp.close({ graceMs: 0 })
  })
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }))
  return client
}
