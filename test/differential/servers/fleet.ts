import {
  FleetMCP,
  inputRequired,
  message,
  prompt,
  resource,
  resourceContents,
  ToolError,
  ToolResult,
  tool,
} from "fleetmcp"
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

/** Builds the server of the differential tests with FleetMCP, as a user would. */
export function createFleetServer(): FleetMCP {
  const mcp = new FleetMCP(identity.name, {
    version: identity.version,
    title: identity.title,
    instructions,
    secrets: ["a secret that both rounds of a call are sealed with"],
    log: () => undefined,
  })
  addTools(mcp)
  addAskingTools(mcp)
  addResources(mcp)
  addPrompts(mcp)
  return mcp
}

/** What a running server gains when the corpus asks for a change. */
export const lateTool = tool({ name: "late", title: "Come late" }, () => "Here I am")

function addTools(mcp: FleetMCP): void {
  mcp.tool(
    {
      name: "add",
      title: titles.add,
      description: "Adds",
      input: schemas.add,
      annotations: { readOnlyHint: true, idempotentHint: true },
    },
    ({ a, b }) => ({ sum: a + b }),
  )
  mcp.tool({ name: "echo", title: titles.echo, input: schemas.echo }, ({ text, times }) => text.repeat(times))
  mcp.tool(
    { name: "order", title: titles.order, input: schemas.order, meta: { "com.example/area": "shop" } },
    ({ item, size, address }) => `${size} ${item} to ${address.city}`,
  )
  mcp.tool({ name: "strict", title: titles.strict, input: schemas.strict }, ({ only }) => String(only))
  mcp.tool(
    { name: "weather", title: titles.weather, input: schemas.city, output: schemas.weather },
    ({ city }) => ({ temperature: city.length, conditions: "Cloudy" }),
  )
  mcp.tool({ name: "users", title: titles.users, output: schemas.users }, () => [{ id: "a" }, { id: "b" }])
  mcp.tool(
    { name: "wrong", title: titles.wrong, output: schemas.weather },
    // What a schema cannot see at compile time: that is what it is for.
    () => ({ temperature: "mild", conditions: "Cloudy" }) as never,
  )
  mcp.tool({ name: "fail", title: titles.fail }, () => {
    throw new TypeError("An accident")
  })
  mcp.tool({ name: "refuse", title: titles.refuse }, () => {
    throw new ToolError("Not today")
  })
  mcp.tool(
    { name: "mixed", title: titles.mixed },
    () => new ToolResult({ content: mixedContent, meta: { "com.example/cost": 3 } }),
  )
  mcp.tool({ name: "nothing", title: titles.nothing }, () => undefined)
  mcp.tool({ name: "count", title: titles.count, input: schemas.count }, async ({ to }, ctx) => {
    for (let done = 1; done <= to; done++) ctx.progress(done, to, `Step ${done}`)
    return "Counted"
  })
  mcp.tool({ name: "chatter", title: titles.chatter }, (_, ctx) => {
    for (const level of levels) ctx.log[level](`At ${level}`, "chatter")
    return "Logged"
  })
  mcp.tool(
    { name: "place", title: titles.place, input: schemas.place },
    ({ region, shard, dryRun }) => `${region} ${shard} ${dryRun}`,
  )
}

function addAskingTools(mcp: FleetMCP): void {
  mcp.tool({ name: "register", title: titles.register }, async (_, ctx) => {
    const answer = await ctx.elicit("Who are you?", schemas.form, { key: "who" })
    return answer.action === "accept" ? `${answer.data.name} ${answer.data.plan}` : answer.action
  })
  mcp.tool({ name: "visit", title: titles.visit }, async (_, ctx) => {
    const { action } = await ctx.elicitUrl("Please pay.", page, { key: "pay" })
    return action
  })
  mcp.tool({ name: "think", title: titles.think }, async (_, ctx) => {
    const { content } = await ctx.sample(sampling, { key: "thought" })
    return JSON.stringify(content)
  })
  mcp.tool({ name: "folders", title: titles.folders }, async (_, ctx) => {
    const roots = await ctx.roots({ key: "roots" })
    return roots.map(({ uri }) => uri).join(" ")
  })
  mcp.tool({ name: "interview", title: titles.interview }, async (_, ctx) => {
    const [who, nick] = await Promise.all([
      ctx.elicit("Who are you?", schemas.form, { key: "who" }),
      ctx.elicit("And your nickname?", schemas.nickname, { key: "nick" }),
    ])
    return `${who.action} ${nick.action}`
  })
}

function addResources(mcp: FleetMCP): void {
  mcp.add(
    resource(
      { uri: "config://app", name: "app", title: "The configuration", mimeType: "application/json" },
      () => ({
        theme: "dark",
      }),
    ),
    resource({ uri: "file:///notes/read me.txt".replace(" ", "%20"), name: "notes", title: "Notes" }, () =>
      resourceContents("Remember", { mimeType: "text/plain" }),
    ),
    resource({ uri: "image://pixel", name: "pixel", title: "A pixel", mimeType: "image/png" }, () =>
      Uint8Array.from(Buffer.from(pixel, "base64")),
    ),
    resource({ uri: "many://parts", name: "many", title: "Several contents" }, () => [
      resourceContents("One", { uri: "many://parts/1", mimeType: "text/plain" }),
      resourceContents("Two", { uri: "many://parts/2", mimeType: "text/plain" }),
    ]),
    resource({ uri: "broken://resource", name: "broken", title: "A broken one" }, () => {
      throw new TypeError("An accident")
    }),
    resource({ uri: "asking://resource", name: "asking", title: "One that asks" }, (_, ctx) => {
      if (ctx.inputResponses?.nick === undefined)
        return inputRequired({ requests: nicknameRequest, state: "s" })
      return resourceContents(JSON.stringify(ctx.inputResponses.nick), { mimeType: "text/plain" })
    }),
    resource(
      {
        uri: "users://{id}/profile",
        name: "profile",
        title: "A profile",
        mimeType: "text/plain",
        complete: { id: (typed) => userIds.filter((id) => id.startsWith(typed)) },
      },
      ({ id }) => `Profile of ${id}`,
    ),
    resource(
      { uri: "search://items{?q}", name: "search", title: "A search", mimeType: "text/plain" },
      ({ q }) => `Found ${q}`,
    ),
  )
}

const nicknameRequest = {
  nick: {
    method: "elicitation/create",
    params: {
      mode: "form",
      message: "And your nickname?",
      requestedSchema: {
        type: "object",
        properties: { nickname: { type: "string" } },
        required: ["nickname"],
      },
    },
  },
} as const

function addPrompts(mcp: FleetMCP): void {
  mcp.add(
    prompt(
      {
        name: "review",
        title: "Review code",
        description: "Reviews",
        args: schemas.review,
        complete: { language: (typed) => languages.filter((language) => language.startsWith(typed)) },
      },
      ({ code, language }) => [
        message.user(`Review this ${language}: ${code}`),
        message.assistant("Gladly."),
      ],
    ),
    prompt({ name: "greet", title: "Greet" }, () => "Say hello."),
    prompt({ name: "broken", title: "A broken one" }, () => {
      throw new TypeError("An accident")
    }),
    prompt({ name: "asking", title: "One that asks" }, async (_, ctx) => {
      const answer = await ctx.elicit("And your nickname?", schemas.nickname, { key: "nick" })
      return answer.action === "accept" ? `Hello ${answer.data.nickname}` : "Hello whoever you are"
    }),
  )
}
