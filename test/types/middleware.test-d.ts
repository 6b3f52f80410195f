import { type Call, type CallToolResult, complete, defineMiddleware, type Next, type Outcome } from "fleetmcp"
import { same } from "./same.ts"

defineMiddleware({
  async callTool(call, next) {
    same<string>()(call.params.name)
    same<{ readonly [name: string]: unknown } | undefined>()(call.params.arguments)
    const outcome = await next()
    same<Outcome<CallToolResult>>()(outcome)
    if (outcome.kind === "complete") same<CallToolResult>()(outcome.result)
    return outcome
  },
  async listTools(_call, next) {
    const outcome = await next()
    return outcome.kind === "complete" ? complete({ ...outcome.result, tools: [] }) : outcome
  },
  readResource: (call, next) => next(call.withParams({ ...call.params, uri: `${call.params.uri}?v=2` })),
  message: (message, next) => ("peer" in message ? next() : undefined),
})

// What goes on when a promise is done may be written short.
defineMiddleware({ request: (_call, next) => Promise.resolve().then(next) })

// One function may stand for several hooks.
const around = async <P extends Call["params"], R extends object>(_call: Call<P>, next: Next<P, R>) => next()
defineMiddleware({ callTool: around, listTools: around, request: around })

// @ts-expect-error the result of another method
defineMiddleware({ callTool: () => complete({ contents: [] }) })

// @ts-expect-error a list of tools is a list
defineMiddleware({ listTools: () => complete({ tools: "none" }) })

// @ts-expect-error parameters without the name
defineMiddleware({ callTool: (call, next) => next(call.withParams({})) })
