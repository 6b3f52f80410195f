import { createServer, type RequestListener, type Server } from "node:http"
import { createAdaptorServer } from "@hono/node-server"
import { expect, it, onTestFinished } from "vitest"
import { app as express } from "../../examples/hosts/express.ts"
import { app as fastify } from "../../examples/hosts/fastify.ts"
import { app as hono } from "../../examples/hosts/hono.ts"
import { app as node } from "../../examples/hosts/node.ts"
import { callTool } from "../http/messages.ts"
import { listening } from "./listening.ts"

const servers: { readonly [name: string]: () => Server | Promise<Server> } = {
  // An app is a listener of `node:http`.
  "express.ts": () => createServer(express as RequestListener),
  "fastify.ts": async () => {
    await fastify.ready()
    return fastify.server
  },
  // Without HTTP/2, it makes servers of `node:http`.
  "hono.ts": () => createAdaptorServer({ fetch: hono.fetch }) as Server,
  "node.ts": () => node,
}

it.each(Object.entries(servers))("serves the example %s beside a page of its own", async (_, make) => {
  const { origin, stop } = await listening(await make())
  onTestFinished(stop)
  expect(await (await fetch(origin)).text()).toBe("Hello")
  const { headers, body } = callTool("ping")
  // Requests of `messages.ts` have texts for bodies, and leave no header out.
  const answer = await fetch(`${origin}/mcp`, { method: "POST", headers, body } as RequestInit)
  expect(await answer.json()).toMatchObject({ result: { content: [{ text: "pong" }] } })
})
