import type { Server } from "node:http"
import { createServer } from "node:http"
import { createAdaptorServer } from "@hono/node-server"
import { makeServer } from "../runtimes/fixtures/components.ts"
import { describeServed } from "../runtimes/served.ts"
import { listening } from "./listening.ts"

describeServed("a server of `node:http`", () => listening(createServer(makeServer().node)))

describeServed("a server of `node:http` that has read the body", () => {
  const { node } = makeServer()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    node(Object.assign(request, { body: Buffer.concat(chunks) }), response)
  })
  return listening(server)
})

// Without HTTP/2, it makes servers of `node:http`.
describeServed("an adapter for `fetch` alone", () => {
  const { fetch } = makeServer()
  return listening(createAdaptorServer({ fetch }) as Server)
})
