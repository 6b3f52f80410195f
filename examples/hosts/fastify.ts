// #region app
import Fastify from "fastify"
import { FleetMCP } from "fleetmcp"

const mcp = new FleetMCP("Demo")
mcp.tool({ name: "ping", description: "Answers" }, () => "pong")

export const app = Fastify()
app.get("/", () => "Hello")
app.register(async (scope) => {
  // In this scope, bodies are left for the server to read.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser("*", (_request, _body, done) => done(null))
  scope.all("/mcp", (request, reply) => {
    reply.hijack()
    mcp.node(request.raw, reply.raw)
  })
})
// #endregion
