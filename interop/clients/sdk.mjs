/** The folder that the client says it works in. */
const folder = { uri: "file:///workspace", name: "workspace" }

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
          sampling: {},
          roots: { listChanged: true },
        },
      })
      generation.answer(client, "elicitation/create", ({ params }) => ({
        action: params.message,
        ...(params.message === "accept" && params.mode !== "url" && { content: { name: "Ada" } }),
      }))
      generation.answer(client, "sampling/createMessage", ({ params }) => {
        const [{ text }] = [params.messages[0].content].flat()
        return { role: "assistant", model: "none", content: { type: "text", text: `echo ${text}` } }
      })
      generation.answer(client, "roots/list", () => ({ roots: [folder] }))
      generation.hear(client, "notifications/message", ({ params }) => tell("log", params))
      for (const method of [
        "notifications/tools/list_changed",
        "notifications/prompts/list_changed",
        "notifications/resources/list_changed",
        "notifications/resources/updated",
      ])
        generation.hear(client, method, ({ params }) => tell("changed", { method, uri: params?.uri }))
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
