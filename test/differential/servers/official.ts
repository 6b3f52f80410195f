import {
  acceptedContent,
  completable,
  createMcpHandler,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type McpHttpHandler,
  McpServer,
  ResourceTemplate,
  type ServerContext,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server"
import * as z from "zod"
import { keepSessions, type SessionHandler } from "./keep-sessions.ts"
import {
  identity,
  instructions,
  languages,
  levels,
  mixedContent,
  page,
  pixel,
  sampling,
  schemas,
  titles,
  userIds,
} from "./parts.ts"

const states = createRequestStateCodec<string>({ key: "0123456789abcdef0123456789abcdef" })

/** Builds the same server with the official SDK, for the stateless revisions only, as ours is. */
export function createOfficialServer(): McpHttpHandler {
  return createMcpHandler(buildServer, { legacy: "reject" })
}

/** Serves sessions with the official SDK, which leaves keeping them to whoever uses it. */
export function createOfficialSessions(): SessionHandler {
  return keepSessions(async (options) => {
    const transport = new WebStandardStreamableHTTPServerTransport(options)
    await buildServer().connect(transport)
    return transport
  })
}

function buildServer(): McpServer {
  const server = new McpServer(identity, {
    instructions,
    capabilities: { logging: {}, resources: { subscribe: true } },
    requestState: { verify: states.verify },
  })
  addTools(server)
  addAskingTools(server)
  addResources(server)
  addPrompts(server)
  return server
}

// Once for all servers: a schema can be marked as completable only one time.
const reviewArguments = z.object({
  code: schemas.review.shape.code,
  language: completable(z.string(), (typed) =>
    languages.filter((language) => language.startsWith(typed)),
  ).optional(),
})

const say = (text: string) => ({ content: [{ type: "text" as const, text }] })
const structured = (value: unknown) => ({ ...say(JSON.stringify(value)), structuredContent: value as never })

function addTools(server: McpServer): void {
  server.registerTool(
    "add",
    {
      title: titles.add,
      description: "Adds",
      inputSchema: schemas.add,
      annotations: { readOnlyHint: true, idempotentHint: true },
    },
    ({ a, b }) => structured({ sum: a + b }),
  )
  server.registerTool("echo", { title: titles.echo, inputSchema: schemas.echo }, ({ text, times }) =>
    say(text.repeat(times)),
  )
  server.registerTool(
    "order",
    { title: titles.order, inputSchema: schemas.order, _meta: { "com.example/area": "shop" } },
    ({ item, size, address }) => say(`${size} ${item} to ${address.city}`),
  )
  server.registerTool("strict", { title: titles.strict, inputSchema: schemas.strict }, ({ only }) =>
    say(String(only)),
  )
  server.registerTool(
    "weather",
    { title: titles.weather, inputSchema: schemas.city, outputSchema: schemas.weather },
    ({ city }) => structured({ temperature: city.length, conditions: "Cloudy" }),
  )
  server.registerTool("users", { title: titles.users, outputSchema: schemas.users }, () =>
    structured([{ id: "a" }, { id: "b" }]),
  )
  server.registerTool("wrong", { title: titles.wrong, outputSchema: schemas.weather }, () =>
    structured({ temperature: "mild", conditions: "Cloudy" }),
  )
  server.registerTool("fail", { title: titles.fail }, () => {
    throw new TypeError("An accident")
  })
  server.registerTool("refuse", { title: titles.refuse }, () => ({ ...say("Not today"), isError: true }))
  server.registerTool("mixed", { title: titles.mixed }, () => ({
    content: [...mixedContent],
    _meta: { "com.example/cost": 3 },
  }))
  server.registerTool("nothing", { title: titles.nothing }, () => ({ content: [] }))
  server.registerTool("count", { title: titles.count, inputSchema: schemas.count }, async ({ to }, ctx) => {
    for (let done = 1; done <= to; done++) await progress(ctx, done, to)
    return say("Counted")
  })
  server.registerTool("chatter", { title: titles.chatter }, async (ctx) => {
    for (const level of levels) await ctx.mcpReq.log(level, `At ${level}`, "chatter")
    return say("Logged")
  })
  server.registerTool(
    "place",
    { title: titles.place, inputSchema: schemas.place },
    ({ region, shard, dryRun }) => say(`${region} ${shard} ${dryRun}`),
  )
}

async function progress(ctx: ServerContext, done: number, total: number): Promise<void> {
  const progressToken = ctx.mcpReq._meta?.progressToken
  if (progressToken === undefined) return
  const params = { progressToken, progress: done, total, message: `Step ${done}` }
  await ctx.mcpReq.notify({ method: "notifications/progress", params })
}

function addAskingTools(server: McpServer): void {
  const who = () => inputRequired.elicit({ message: "Who are you?", requestedSchema: schemas.form })
  const nick = () =>
    inputRequired.elicit({ message: "And your nickname?", requestedSchema: schemas.nickname })

  server.registerTool("register", { title: titles.register }, async (ctx) => {
    const answer = inputResponse(ctx.mcpReq.inputResponses, "who")
    if (answer.kind !== "elicit") return ask({ who: who() })
    if (answer.action !== "accept") return say(answer.action)
    const data = acceptedContent(ctx.mcpReq.inputResponses, "who", schemas.form)
    if (data === undefined) throw new TypeError("The answer does not fit the form")
    return say(`${data.name} ${data.plan}`)
  })
  server.registerTool("visit", { title: titles.visit }, async (ctx) => {
    const answer = inputResponse(ctx.mcpReq.inputResponses, "pay")
    if (answer.kind === "elicit") return say(answer.action)
    return ask({ pay: inputRequired.elicitUrl({ message: "Please pay.", url: page }) })
  })
  server.registerTool("think", { title: titles.think }, async (ctx) => {
    const answer = inputResponse(ctx.mcpReq.inputResponses, "thought")
    if (answer.kind === "sampling") return say(JSON.stringify(answer.result.content))
    const { messages, maxTokens } = sampling
    return ask({ thought: inputRequired.createMessage({ messages: [...messages], maxTokens }) })
  })
  server.registerTool("folders", { title: titles.folders }, async (ctx) => {
    const answer = inputResponse(ctx.mcpReq.inputResponses, "roots")
    if (answer.kind === "roots") return say(answer.roots.map(({ uri }) => uri).join(" "))
    return ask({ roots: inputRequired.listRoots() })
  })
  server.registerTool("interview", { title: titles.interview }, async (ctx) => {
    const first = inputResponse(ctx.mcpReq.inputResponses, "who")
    const second = inputResponse(ctx.mcpReq.inputResponses, "nick")
    if (first.kind === "elicit" && second.kind === "elicit") return say(`${first.action} ${second.action}`)
    return ask({
      ...(first.kind === "elicit" ? undefined : { who: who() }),
      ...(second.kind === "elicit" ? undefined : { nick: nick() }),
    })
  })
}

async function ask(inputRequests: NonNullable<Parameters<typeof inputRequired>[0]["inputRequests"]>) {
  return inputRequired({ inputRequests, requestState: await states.mint("s") })
}

function addResources(server: McpServer): void {
  server.registerResource(
    "app",
    "config://app",
    { title: "The configuration", mimeType: "application/json" },
    ({ href: uri }) => ({ contents: [{ uri, mimeType: "application/json", text: '{"theme":"dark"}' }] }),
  )
  server.registerResource("notes", "file:///notes/read%20me.txt", { title: "Notes" }, ({ href: uri }) => ({
    contents: [{ uri, mimeType: "text/plain", text: "Remember" }],
  }))
  server.registerResource(
    "pixel",
    "image://pixel",
    { title: "A pixel", mimeType: "image/png" },
    ({ href: uri }) => ({
      contents: [{ uri, mimeType: "image/png", blob: pixel }],
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
  server.registerResource(
    "asking",
    "asking://resource",
    { title: "One that asks" },
    async ({ href: uri }, ctx) => {
      const nick = ctx.mcpReq.inputResponses?.nick
      if (nick !== undefined)
        return { contents: [{ uri, mimeType: "text/plain", text: JSON.stringify(nick) }] }
      return ask({
        nick: inputRequired.elicit({
          message: "And your nickname?",
          requestedSchema: {
            type: "object",
            properties: { nickname: { type: "string" } },
            required: ["nickname"],
          },
        }),
      })
    },
  )
  const profile = new ResourceTemplate("users://{id}/profile", {
    list: undefined,
    complete: { id: (typed) => userIds.filter((id) => id.startsWith(typed)) },
  })
  server.registerResource(
    "profile",
    profile,
    { title: "A profile", mimeType: "text/plain" },
    ({ href: uri }, { id }) => ({ contents: [{ uri, mimeType: "text/plain", text: `Profile of ${id}` }] }),
  )
  server.registerResource(
    "search",
    new ResourceTemplate("search://items{?q}", { list: undefined }),
    { title: "A search", mimeType: "text/plain" },
    ({ href: uri }, { q }) => ({ contents: [{ uri, mimeType: "text/plain", text: `Found ${q}` }] }),
  )
}

function addPrompts(server: McpServer): void {
  const user = (text: string) => ({ role: "user" as const, content: { type: "text" as const, text } })
  server.registerPrompt(
    "review",
    { title: "Review code", description: "Reviews", argsSchema: reviewArguments },
    ({ code, language }) => ({
      description: "Reviews",
      messages: [
        user(`Review this ${language}: ${code}`),
        { role: "assistant", content: { type: "text", text: "Gladly." } },
      ],
    }),
  )
  server.registerPrompt("greet", { title: "Greet" }, () => ({ messages: [user("Say hello.")] }))
  server.registerPrompt("broken", { title: "A broken one" }, () => {
    throw new TypeError("An accident")
  })
  server.registerPrompt("asking", { title: "One that asks" }, async (ctx) => {
    const answer = inputResponse(ctx.mcpReq.inputResponses, "nick")
    if (answer.kind !== "elicit") {
      const requestedSchema = schemas.nickname
      return ask({ nick: inputRequired.elicit({ message: "And your nickname?", requestedSchema }) })
    }
    const data = acceptedContent(ctx.mcpReq.inputResponses, "nick", schemas.nickname)
    return { messages: [user(data === undefined ? "Hello whoever you are" : `Hello ${data.nickname}`)] }
  })
}
