import { expect, it } from "vitest"
import type { ProtocolRevision } from "../../src/spec/revisions.ts"
import type { TestClient } from "../../src/testing/index.ts"
import { describeEras, type EraTools } from "./eras.ts"
import type { Sent } from "./recording.ts"
import { bareMessage, isPublished, strictErrors } from "./strict-schema.ts"
import { answering, type Fields, visit } from "./visit.ts"

const resultNames: { readonly [method: string]: string } = {
  initialize: "InitializeResult",
  "server/discover": "DiscoverResult",
  ping: "EmptyResult",
  "logging/setLevel": "EmptyResult",
  "resources/subscribe": "EmptyResult",
  "resources/unsubscribe": "EmptyResult",
  "tools/list": "ListToolsResult",
  "tools/call": "CallToolResult",
  "resources/list": "ListResourcesResult",
  "resources/templates/list": "ListResourceTemplatesResult",
  "resources/read": "ReadResourceResult",
  "prompts/list": "ListPromptsResult",
  "prompts/get": "GetPromptResult",
  "completion/complete": "CompleteResult",
  "subscriptions/listen": "SubscriptionsListenResult",
}

const messageNames: { readonly [method: string]: string } = {
  "notifications/progress": "ProgressNotification",
  "notifications/message": "LoggingMessageNotification",
  "notifications/tools/list_changed": "ToolListChangedNotification",
  "notifications/resources/list_changed": "ResourceListChangedNotification",
  "notifications/resources/updated": "ResourceUpdatedNotification",
  "notifications/prompts/list_changed": "PromptListChangedNotification",
  "notifications/subscriptions/acknowledged": "SubscriptionsAcknowledgedNotification",
  "elicitation/create": "ElicitRequest",
  "sampling/createMessage": "CreateMessageRequest",
  "roots/list": "ListRootsRequest",
}

/** What is wrong with a message, by the published schema of its revision. */
function problems(revision: ProtocolRevision, { kind, method, message }: Sent): string[] {
  switch (kind) {
    case "error":
      return strictErrors(
        revision,
        isPublished(revision, "JSONRPCError") ? "JSONRPCError" : "JSONRPCErrorResponse",
        message,
      )
    case "result": {
      const isQuestion = (message.result as Fields).resultType === "input_required"
      return strictErrors(
        revision,
        isQuestion ? "InputRequiredResult" : `${resultNames[method]}`,
        message.result,
      )
    }
    default: {
      const name = `${messageNames[method]}`
      return strictErrors(revision, name, bareMessage(revision, name, message))
    }
  }
}

const questions = ["form", "several", "url", "roots", "model", "model_sound", "model_tools"]

/** Sees to it that every message is as its revision publishes it. */
function check(t: EraTools, sent: readonly Sent[]): void {
  expect(sent.flatMap((one) => problems(t.revision, one))).toEqual([])
}

async function readEverything(client: TestClient): Promise<void> {
  await client.discover()
  await client.listTools()
  await client.listResources()
  await client.listTemplates()
  await client.listPrompts()
  await client.readResource("docs://guide")
  await client.readResource("users://1")
  await client.getPrompt("everything", { topic: "cats" })
  await client.complete({ type: "ref/prompt", name: "everything" }, { name: "topic", value: "c" })
  await client.complete({ type: "ref/resource", uri: "users://{id}" }, { name: "id", value: "" })
}

describeEras("every message", (t) => {
  it("of lists, reads, prompts and completions is as published", async () => {
    const { client, sent } = await visit(t)
    await readEverything(client)
    expect(sent.filter(({ kind }) => kind === "result").length).toBeGreaterThanOrEqual(10)
    check(t, sent)
  })

  it("of calls is as published", async () => {
    const { client, sent } = await visit(t)
    for (const { name } of await client.listTools()) if (!name.startsWith("ask_")) await client.callTool(name)
    await client.callTool("every_field", { a: 1 })
    check(t, sent)
  })

  it("of progress, logs and changes is as published", async () => {
    const { mcp, client, sent } = await visit(t, {
      onProgress: () => undefined,
      onLog: () => undefined,
    })
    await client.callTool("speaks")
    const filter = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true }
    await client.listen({ ...filter, resourceSubscriptions: ["docs://guide"] }, () => undefined)
    mcp.tool({ name: "later" }, () => 1)
    mcp.prompt({ name: "later" }, () => "1")
    mcp.resource("docs://later", () => "1")
    mcp.resourceUpdated("docs://guide")
    await expect
      .poll(() => sent.map(({ method }) => method))
      .toEqual(
        expect.arrayContaining(
          Object.keys(messageNames).filter(
            (name) => /progress|message$|changed|updated/.test(name) && name.startsWith("notifications/"),
          ),
        ),
      )
    check(t, sent)
  })

  it("of errors is as published", async () => {
    const { client, sent } = await visit(t)
    const failing = [
      client.callTool("nobody"),
      client.readResource("docs://nowhere"),
      client.getPrompt("nobody"),
      client.getPrompt("everything"),
      client.request("tools/call", { name: 5 }),
      client.request("completion/complete", {}),
      client.request("no/such", {}),
    ]
    await Promise.allSettled(failing)
    expect(sent.filter(({ kind }) => kind === "error")).toHaveLength(failing.length)
    check(t, sent)
  })

  it.each(questions)("of a question is as published: %s", async (name) => {
    const { client, sent } = await visit(t, answering)
    const { isError = false } = await client.callTool(`ask_${name}`)
    const isAsked = sent.some(
      ({ kind, message }) => kind === "request" || "inputRequests" in (message.result as object),
    )
    expect(isAsked).toBe(!isError)
    check(t, sent)
  })
})
