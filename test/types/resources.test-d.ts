import { FleetMCP, type Resource, resource, resourceContents, type Template } from "fleetmcp"
import * as z from "zod"
import { same } from "./same.ts"

declare const unknownUri: string

// The URI decides what is made, and what the handler gets.

export const settings = resource("config://settings", (args) => {
  // biome-ignore lint/complexity/noBannedTypes: what hover shows
  same<{}>()(args)
  return { theme: "dark" }
})
same<Resource<"config://settings">>()(settings)
export const files = resource("users://{id}/files/{path*}{?format}", (args) => {
  same<{ id: string; path: string; format?: string }>()(args)
  return args.path
})
same<Template<"users://{id}/files/{path*}{?format}">>()(files)
resource({ uri: "users://{id}", mimeType: "text/plain" }, (args) => {
  same<{ id: string }>()(args)
  return args.id
})
resource({ uri: "config://settings", size: 12, cache: { ttlMs: 1 } }, (_, ctx) => {
  same<AbortSignal>()(ctx.signal)
  return Uint8Array.of(1)
})

// A schema says what the variables become.

resource(
  { uri: "users://{id}{?page}", args: z.object({ id: z.number(), page: z.number().default(1) }) },
  (args) => {
    same<{ id: number; page: number }>()(args)
    return [resourceContents("x")]
  },
)
resource(
  {
    uri: "users://{id}",
    args: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] },
  },
  (args) => {
    same<{ id: number }>()(args)
    return 1
  },
)

// Completions and screening know the variables.

resource(
  {
    uri: "users://{id}{?q}",
    complete: {
      id: ["ada"],
      q: async (typed, context) => {
        same<string>()(typed)
        same<{ readonly [name: string]: string }>()(context.arguments)
        return [typed]
      },
    },
    security: { exempt: ["id"], screen: ["q"] },
  },
  ({ id }) => id,
)

// A URI that is not known before the program runs may be either.

export const either = resource(unknownUri, (args) => {
  same<Record<string, string | undefined>>()(args)
  return 1
})
same<Resource<string> | Template<string>>()(either)
resource({ uri: unknownUri, size: 1 }, () => 1)
resource({ uri: unknownUri, complete: { id: ["a"] } }, () => 1)

// Wrong uses do not compile.

// @ts-expect-error Property 'idd' does not exist on type '{ id: string; }'.
resource("users://{id}", ({ idd }) => idd)
// @ts-expect-error Type 'string | undefined' is not assignable to type 'string'.
resource("users://{id}{?q}", ({ q }): string => q)
// @ts-expect-error 'di' does not exist in type 'Completers<"id">'.
resource({ uri: "users://{id}", complete: { di: ["1"] } }, () => 1)
// @ts-expect-error Type '"di"' is not assignable to type '"id"'.
resource({ uri: "users://{id}", security: { exempt: ["di"] } }, () => 1)
// @ts-expect-error 'size' does not exist in type 'TemplateConfig<"users://{id}", undefined>'.
resource({ uri: "users://{id}", size: 1 }, () => 1)
// @ts-expect-error 'complete' does not exist in type 'ResourceConfig<"config://a">'.
resource({ uri: "config://a", complete: {} }, () => 1)
// @ts-expect-error 'load' does not exist in type 'ResourceConfig<"config://a">'.
resource({ uri: "config://a", load: () => 1 }, () => 1)
// @ts-expect-error 'uriTemplate' does not exist in type 'ResourceConfig<string>'.
resource({ uriTemplate: "users://{id}" }, () => 1)
// @ts-expect-error Expected 2 arguments, but got 1.
resource("config://a")

// The server's method is the factory.

const mcp = new FleetMCP("types")
export const registered = mcp.resource("users://{id}", ({ id }) => id)
same<Template<"users://{id}">>()(registered)
// @ts-expect-error Property 'idd' does not exist on type '{ id: string; }'.
mcp.resource("users://{id}", ({ idd }) => idd)

// What can only fail when it is read does not compile.

// @ts-expect-error Type 'bigint' is not assignable to type 'CannotSend<"result is no data → …">'.
resource("config://a", () => 10n)
// @ts-expect-error Type 'undefined' is not assignable to type 'CannotSend<"result is no data → …">'.
resource("config://a", () => undefined)
// @ts-expect-error Type 'Promise<void>' is not assignable to type 'CannotSend<"result is no data → …">'.
resource("config://a", async (_, ctx) => ctx.signal.throwIfAborted())
resource("config://a", () => {
  throw new TypeError("never returns")
})
resource("config://a", async () => JSON.parse("1"))
resource("users://{id}", ({ id }) => new Map([["ada", "Ada"]]).get(id))
