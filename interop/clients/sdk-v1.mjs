/** The official TypeScript SDK of version 1. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import * as types from "@modelcontextprotocol/sdk/types.js"
import { drive } from "./drive.mjs"
import { sdk } from "./sdk.mjs"

const schemas = {
  "elicitation/create": types.ElicitRequestSchema,
  "sampling/createMessage": types.CreateMessageRequestSchema,
  "roots/list": types.ListRootsRequestSchema,
  "notifications/message": types.LoggingMessageNotificationSchema,
  "notifications/tools/list_changed": types.ToolListChangedNotificationSchema,
  "notifications/prompts/list_changed": types.PromptListChangedNotificationSchema,
  "notifications/resources/list_changed": types.ResourceListChangedNotificationSchema,
  "notifications/resources/updated": types.ResourceUpdatedNotificationSchema,
}

let transport

await drive(
  sdk({
    client: (_, options) => new Client({ name: "sdk-v1", version: "1.0.0" }, options),
    transport({ url, headers, command, args }) {
      if (url) {
        transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
        return transport
      }
      transport = new StdioClientTransport({ command, args })
      // The client keeps to itself which revision it negotiated, and tells transports that want to know.
      transport.setProtocolVersion = (revision) => {
        transport.protocolVersion = revision
      }
      return transport
    },
    answer: (client, method, handler) => client.setRequestHandler(schemas[method], handler),
    hear: (client, method, handler) => client.setNotificationHandler(schemas[method], handler),
    revision: () => transport.protocolVersion,
    schemas: [types.CallToolResultSchema],
    async close(client) {
      await transport.terminateSession?.()
      await client.close()
    },
  }),
)
