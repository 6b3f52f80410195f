import type { Server } from "node:http"
import { createAdaptorServer } from "@hono/node-server"
import { Hono } from "hono"
import { compress } from "hono/compress"
import { logger } from "hono/logger"
import { makeServer } from "../runtimes/fixtures/components.ts"
import { describeServed } from "../runtimes/served.ts"
import { listening } from "./listening.ts"

// Without HTTP/2, it makes servers of `node:http`.
const serve = (app: Hono) => listening(createAdaptorServer({ fetch: app.fetch }) as Server)

describeServed("Hono on Node, as the handler of a path", () => {
  const mcp = makeServer()
  return serve(new Hono().all("/mcp", (c) => mcp.fetch(c.req.raw)))
})

describeServed("Hono on Node, behind other middleware", () => {
  const mcp = makeServer()
  const app = new Hono()
  app.use(logger(() => undefined))
  app.use(compress())
  app.use(async (c, next) => {
    await c.req.raw.clone().text()
    await next()
    c.header("x-app", "yes")
  })
  return serve(app.all("/mcp", (c) => mcp.fetch(c.req.raw)))
})

describeServed(
  "Hono on Node, in an app of an app",
  () => {
    const { fetch } = makeServer().http({ path: "/api/mcp" })
    const api = new Hono().all("/mcp", (c) => fetch(c.req.raw))
    return serve(new Hono().route("/api", api))
  },
  { path: "/api/mcp" },
)

describeServed("Hono on Node, mounted with its prefix taken off", () => {
  const mcp = makeServer()
  return serve(new Hono().mount("/", mcp.fetch))
})
