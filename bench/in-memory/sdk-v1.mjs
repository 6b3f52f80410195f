/** The official SDK v1: client and server over its linked pair of in-memory transports (2025-11-25). */
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js"
import { SERVER_INFO } from "../lib/catalog.mjs"
import { buildSdkV1 } from "../lib/sdk-v1.mjs"
import { ARGS, serveLoop } from "./loop.mjs"

const [near, far] = InMemoryTransport.createLinkedPair()
await buildSdkV1().connect(far)
const client = new Client(SERVER_INFO)
await client.connect(near)

await serveLoop(async () => (await client.callTool({ name: "add", arguments: ARGS })).content[0].text)
