import { Client, type ClientOptions, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import type { FleetMCP } from "fleetmcp"
import { onTestFinished } from "vitest"

export interface ExampleOptions extends ClientOptions {
  readonly headers?: { readonly [name: string]: string }
}

/** Connects the official client to an example, without a port, until the test ends. */
export async function connect(
  mcp: Pick<FleetMCP, "fetch">,
  { headers = {}, ...options }: ExampleOptions = {},
): Promise<Client> {
  const client = new Client(
    { name: "reader", version: "1.0.0" },
    { versionNegotiation: { mode: { pin: "2026-07-28" } }, ...options },
  )
  const transport = new StreamableHTTPClientTransport(new URL("http://localhost/mcp"), {
    fetch: async (url, init) => mcp.fetch(new Request(url, init)),
    requestInit: { headers },
  })
  onTestFinished(() => client.close())
  await client.connect(transport)
  return client
}

/** Calls a tool and gives the text of its answer, in a line each. */
export async function callForText(client: Client, name: string, args: object = {}): Promise<string> {
  // Any object is a set of arguments.
  const { content } = await client.callTool({ name, arguments: args as Record<string, unknown> })
  return content.map((block) => (block.type === "text" ? block.text : block.type)).join("\n")
}

/** Reads a resource and gives its contents by URI. */
export async function read(client: Client, uri: string): Promise<Record<string, string>> {
  const { contents } = await client.readResource({ uri })
  return Object.fromEntries(
    contents.map((each) => [each.uri, "text" in each ? each.text : `${each.mimeType} ${each.blob}`]),
  )
}
