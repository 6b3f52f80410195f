import { completable } from "@modelcontextprotocol/sdk/server/completable.js"
import { McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js"
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js"
import { SubscribeRequestSchema, UnsubscribeRequestSchema } from "@modelcontextprotocol/sdk/types.js"
import * as z from "zod"

/** Opens a session of the same server, built with the first official SDK. */
export async function open(parts, options) {
  const transport = new WebStandardStreamableHTTPServerTransport(options)
  await build(parts).connect(transport)
  return transport
}

const say = (text) => ({ content: [{ type: "text", text }] })
/** Asks on the stream of the call. */
const on = ({ requestId }) => ({ relatedRequestId: requestId })
const structured = (value) => ({ ...say(JSON.stringify(value)), structuredContent: value })
const user = (text) => ({ role: "user", content: { type: "text", text } })

function build(parts) {
  const { identity, instructions } = parts
  const server = new McpServer(identity, {
    instructions,
    capabilities: { logging: {}, resources: { subscribe: true } },
  })
  server.server.setRequestHandler(SubscribeRequestSchema, () => ({}))
  server.server.setRequestHandler(UnsubscribeRequestSchema, () => ({}))
  addTools(server, parts)
  addAskingTools(server, parts)
  addResources(server, parts)
  addPrompts(server, parts)
  return server
}

function addTools(server, { levels, mixedContent, schemas, titles }) {
  const tool = (name, config, handler) =>
    server.registerTool(name, { title: titles[name], ...config }, handler)
  const annotations = { readOnlyHint: true, idempotentHint: true }
  tool("add", { description: "Adds", inputSchema: schemas.add, annotations }, ({ a, b }) =>
    structured({ sum: a + b }),
  )
  tool("echo", { inputSchema: schemas.echo }, ({ text, times }) => say(text.repeat(times)))
  tool(
    "order",
    { inputSchema: schemas.order, _meta: { "com.example/area": "shop" } },
    ({ item, size, address }) => say(`${size} ${item} to ${address.city}`),
  )
  tool("strict", { inputSchema: schemas.strict }, ({ only }) => say(String(only)))
  tool("weather", { inputSchema: schemas.city, outputSchema: schemas.weather }, ({ city }) =>
    structured({ temperature: city.length, conditions: "Cloudy" }),
  )
  // Before 2026-07-28 what a tool declares is an object.
  tool("users", {}, () => say('[{"id":"a"},{"id":"b"}]'))
  tool("wrong", { outputSchema: schemas.weather }, () =>
    structured({ temperature: "mild", conditions: "Cloudy" }),
  )
  tool("fail", {}, () => {
    throw new TypeError("An accident")
  })
  tool("refuse", {}, () => ({ ...say("Not today"), isError: true }))
  tool("mixed", {}, () => ({ content: [...mixedContent], _meta: { "com.example/cost": 3 } }))
  tool("nothing", {}, () => ({ content: [] }))
  tool("count", { inputSchema: schemas.count }, async ({ to }, extra) => {
    const { progressToken } = extra._meta ?? {}
    for (let done = 1; done <= to && progressToken !== undefined; done++) {
      const params = { progressToken, progress: done, total: to, message: `Step ${done}` }
      await extra.sendNotification({ method: "notifications/progress", params })
    }
    return say("Counted")
  })
  tool("chatter", {}, async (extra) => {
    for (const level of levels) {
      const params = { level, data: `At ${level}`, logger: "chatter" }
      await extra.sendNotification({ method: "notifications/message", params })
    }
    return say("Logged")
  })
  tool("place", { inputSchema: schemas.place }, ({ region, shard, dryRun }) =>
    say(`${region} ${shard} ${dryRun}`),
  )
}

function addAskingTools(server, { page, sampling, titles }) {
  const requestedSchema = {
    type: "object",
    properties: {
      name: { type: "string", minLength: 2 },
      age: { type: "integer" },
      plan: { type: "string", enum: ["free", "paid"] },
    },
    required: ["name", "plan"],
  }
  server.registerTool("register", { title: titles.register }, async (extra) => {
    const answer = await server.server.elicitInput({ message: "Who are you?", requestedSchema }, on(extra))
    return say(answer.action === "accept" ? `${answer.content.name} ${answer.content.plan}` : answer.action)
  })
  server.registerTool("visit", { title: titles.visit }, async (extra) => {
    const question = { mode: "url", message: "Please pay.", elicitationId: "pay", url: page }
    return say((await server.server.elicitInput(question, on(extra))).action)
  })
  server.registerTool("think", { title: titles.think }, async (extra) => {
    const { content } = await server.server.createMessage(
      { ...sampling, messages: [...sampling.messages] },
      on(extra),
    )
    return say(JSON.stringify(content))
  })
  server.registerTool("folders", { title: titles.folders }, async (extra) => {
    const { roots } = await server.server.listRoots(undefined, on(extra))
    return say(roots.map(({ uri }) => uri).join(" "))
  })
  server.registerTool("interview", { title: titles.interview }, () => say("not asked"))
}

function addResources(server, { pixel, userIds }) {
  const text = (uri, mimeType, words) => ({ contents: [{ uri, mimeType, text: words }] })
  server.registerResource(
    "app",
    "config://app",
    { title: "The configuration", mimeType: "application/json" },
    ({ href }) => text(href, "application/json", '{"theme":"dark"}'),
  )
  server.registerResource("notes", "file:///notes/read%20me.txt", { title: "Notes" }, ({ href }) =>
    text(href, "text/plain", "Remember"),
  )
  server.registerResource(
    "pixel",
    "image://pixel",
    { title: "A pixel", mimeType: "image/png" },
    ({ href }) => ({
      contents: [{ uri: href, mimeType: "image/png", blob: pixel }],
    }),
  )
  server.registerResource("many", "many://parts", { title: "Several contents" }, () => ({
    contents: [
      { uri: "many://parts/1", mimeType: "text/plain", text: "One" },
      { uri: "many://parts/2", mimeType: "text/plain", text: "Two" },
    ],
  }))
  server.registerResource("broken", "broken://resource", { title: "A broken one" }, () => {
    throw new TypeError("An accident")
  })
  server.registerResource("asking", "asking://resource", { title: "One that asks" }, ({ href }) =>
    text(href, "text/plain", "not asked"),
  )
  const complete = { id: (typed) => userIds.filter((id) => id.startsWith(typed)) }
  server.registerResource(
    "profile",
    new ResourceTemplate("users://{id}/profile", { list: undefined, complete }),
    { title: "A profile", mimeType: "text/plain" },
    ({ href }, { id }) => text(href, "text/plain", `Profile of ${id}`),
  )
  server.registerResource(
    "search",
    new ResourceTemplate("search://items{?q}", { list: undefined }),
    { title: "A search", mimeType: "text/plain" },
    ({ href }, { q }) => text(href, "text/plain", `Found ${q}`),
  )
}

function addPrompts(server, { languages, schemas }) {
  const language = completable(z.string().optional(), (typed) =>
    languages.filter((each) => each.startsWith(typed)),
  )
  server.registerPrompt(
    "review",
    {
      title: "Review code",
      description: "Reviews",
      argsSchema: { code: schemas.review.shape.code, language },
    },
    (args) => ({
      description: "Reviews",
      messages: [
        user(`Review this ${args.language}: ${args.code}`),
        { role: "assistant", content: { type: "text", text: "Gladly." } },
      ],
    }),
  )
  server.registerPrompt("greet", { title: "Greet" }, () => ({ messages: [user("Say hello.")] }))
  server.registerPrompt("broken", { title: "A broken one" }, () => {
    throw new TypeError("An accident")
  })
  server.registerPrompt("asking", { title: "One that asks" }, () => ({ messages: [user("not asked")] }))
}
