/** The folder that the client says it works in. */
const folder = { uri: "file:///workspace", name: "workspace" }

/** What a model says: what it was asked, or of tools the first, and then what that gave. */
function thought({ messages, tools }) {
  const [block] = [messages.at(-1).content].flat()
  if (block.type === "tool_result")
    return { content: { type: "text", text: `It is ${block.content[0].text}` } }
  if (tools === undefined) return { content: { type: "text", text: `echo ${block.text}` } }
  const content = { type: "tool_use", id: "1", name: tools[0].name, input: { a: 2, b: 2 } }
  return { content, stopReason: "toolUse" }
}

/** What both generations of the TypeScript SDK do for the checks; `generation` knows in which they differ. */
export const sdk = (generation) => (tell) => {
  let client
  let isStateless = false
  let subscription
  let level

  const within = (signal) => ({ signal, timeout: 20_000 })

  /** All pages of a list, of which each names its `key`. */
  async function all(list, key) {
    const found = []
    let cursor
    do {
      const page = await list.call(client, cursor === undefined ? undefined : { cursor })
      found.push(...page[key])
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return found
  }

  return {
    async open(how) {
      client = generation.client(how, {
        capabilities: {
          elicitation: { form: {}, url: {} },
          sampling: { tools: {} },
          roots: { listChanged: true },
          extensions: { "com.example/bell": {} },
        },
      })
      // The text of a question says how it is to be answered.
      generation.answer(client, "elicitation/create", ({ params }) => {
        tell("asked", params)
        return JSON.parse(params.message)
      })
      generation.answer(client, "sampling/createMessage", ({ params }) => ({
        role: "assistant",
        model: "none",
        ...thought(params),
      }))
      generation.answer(client, "roots/list", () => ({ roots: [folder] }))
      generation.hear(client, "notifications/message", ({ params }) => tell("log", params))
      for (const method of [
        "notifications/tools/list_changed",
        "notifications/prompts/list_changed",
        "notifications/resources/list_changed",
        "notifications/resources/updated",
      ])
        generation.hear(client, method, ({ params }) => tell("changed", { method, uri: params?.uri }))
      client.fallbackNotificationHandler = ({ method, params }) => tell("notified", { method, params })
      await client.connect(generation.transport(how))
      isStateless = generation.revision(client) >= "2026"
    },
    describe: () => ({
      revision: generation.revision(client),
      server: client.getServerVersion(),
      instructions: client.getInstructions(),
    }),
    close: () => generation.close(client),

    listTools: () => all(client.listTools, "tools"),
    callTool: ({ name, arguments: args }, signal) =>
      client.callTool(
        { name, arguments: args, ...(level && { _meta: { "io.modelcontextprotocol/logLevel": level } }) },
        ...generation.schemas,
        { ...within(signal), onprogress: (progress) => tell("progress", progress) },
      ),
    round: (params, signal) => client.callTool(params, { ...within(signal), allowInputRequired: true }),
    listResources: () => all(client.listResources, "resources"),
    listTemplates: () => all(client.listResourceTemplates, "resourceTemplates"),
    readResource: (params, signal) => client.readResource(params, within(signal)),
    listPrompts: () => all(client.listPrompts, "prompts"),
    getPrompt: (params, signal) => client.getPrompt(params, within(signal)),
    complete: (params, signal) => client.complete(params, within(signal)),
    async setLevel(wanted) {
      if (isStateless) level = wanted.level
      else await client.setLoggingLevel(wanted.level)
    },
    async watch({ uri }) {
      if (!isStateless) return client.subscribeResource({ uri })
      subscription = await client.listen({
        toolsListChanged: true,
        promptsListChanged: true,
        resourcesListChanged: true,
        resourceSubscriptions: [uri],
      })
    },
    unwatch: ({ uri }) => (isStateless ? subscription.close() : client.unsubscribeResource({ uri })),
    ping: () => client.ping(),
    announceRoots: () => client.sendRootsListChanged(),
  }
}
