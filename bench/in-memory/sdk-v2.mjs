/** The official SDK v2: client and server over its linked pair of in-memory transports (2025-11-25). */
import { Client } from "@modelcontextprotocol/client"
import { InMemoryTransport } from "@modelcontextprotocol/server"
import { SERVER_INFO } from "../lib/catalog.mjs"
import { buildSdkV2 } from "../lib/sdk-v2.mjs"
import { ARGS, serveLoop } from "./loop.mjs"

const [near, far] = InMemoryTransport.createLinkedPair()
await buildSdkV2().connect(far)
const client = new Client(SERVER_INFO)
await client.connect(near)

await serveLoop(async () => (await client.callTool({ name: "add", arguments: ARGS })).content[0].text)
