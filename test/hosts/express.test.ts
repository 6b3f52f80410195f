import { createServer, type RequestListener } from "node:http"
import compression from "compression"
import express5 from "express"
// @ts-expect-error: the types of Express 5 stand for both; what is used here is the same.
import express4 from "express4"
import { makeServer } from "../runtimes/fixtures/components.ts"
import { describeServed } from "../runtimes/served.ts"
import { listening } from "./listening.ts"

type Express = typeof express5
type App = ReturnType<Express>

const versions: { readonly [name: string]: Express } = { "Express 4": express4, "Express 5": express5 }

/** How users mount a server: what they do, and where clients then find it. */
const mounts: {
  readonly [how: string]: readonly [path: string, mount: (app: App, express: Express) => void]
} = {
  "as the handler of a path": ["/mcp", (app) => void app.all("/mcp", makeServer().node)],
  "behind express.json()": [
    "/mcp",
    (app, express) => void app.use(express.json()).all("/mcp", makeServer().node),
  ],
  "behind express.text()": [
    "/mcp",
    (app, express) => void app.use(express.text({ type: "*/*" })).all("/mcp", makeServer().node),
  ],
  "behind express.raw()": [
    "/mcp",
    (app, express) => void app.use(express.raw({ type: "*/*" })).all("/mcp", makeServer().node),
  ],
  "as middleware of the whole app": ["/mcp", (app) => void app.use(makeServer().node)],
  "as middleware below a prefix": ["/api/mcp", (app) => void app.use("/api", makeServer().node)],
  "as middleware at its own path": ["/mcp", (app) => void app.use("/mcp", makeServer().node)],
  "in a router of a router": [
    "/api/v1/mcp",
    (app, express) => {
      const inner = express.Router().all("/mcp", makeServer().node)
      app.use("/api", express.Router().use("/v1", express.json(), inner))
    },
  ],
  "behind compression": [
    "/mcp",
    (app) => void app.use(compression({ threshold: 0 })).all("/mcp", makeServer().node),
  ],
}

for (const [version, express] of Object.entries(versions)) {
  for (const [how, [path, mount]] of Object.entries(mounts)) {
    const serve = () => {
      const app = express()
      mount(app, express)
      // An app is a listener of `node:http`.
      return listening(createServer(app as RequestListener))
    }
    describeServed(`${version}, ${how}`, serve, { path })
  }
}
