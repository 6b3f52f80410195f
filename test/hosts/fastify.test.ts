import Fastify, { type FastifyInstance } from "fastify"
import { makeServer } from "../runtimes/fixtures/components.ts"
import { describeServed, type Served } from "../runtimes/served.ts"

async function listening(app: FastifyInstance): Promise<Served> {
  const origin = await app.listen({ port: 0, host: "127.0.0.1" })
  return {
    origin,
    stop: async () => {
      app.server.closeAllConnections()
      await app.close()
    },
  }
}

describeServed("Fastify, in a scope that leaves bodies alone", () => {
  const { node } = makeServer()
  const app = Fastify()
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser("*", (_request, _body, done) => done(null))
    scope.all("/mcp", (request, reply) => {
      reply.hijack()
      node(request.raw, reply.raw)
    })
  })
  return listening(app)
})

describeServed(
  "Fastify, with the body that it has parsed, below a prefix",
  () => {
    const { node } = makeServer().http({ path: "/api/mcp" })
    const app = Fastify()
    app.register(
      async (scope) => {
        scope.all("/mcp", (request, reply) => {
          reply.hijack()
          node(Object.assign(request.raw, { body: request.body }), reply.raw)
        })
      },
      { prefix: "/api" },
    )
    return listening(app)
  },
  { path: "/api/mcp" },
)
