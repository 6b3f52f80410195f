import { assertJson } from "../components/json-value.ts"
import { MissingClientCapability } from "../errors/capabilities.ts"
import { CannotNotify } from "../errors/context.ts"
import type { Call } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { Core } from "./core.ts"

/** A notification that a handler sends. */
export interface OwnNotification {
  readonly method: string
  readonly params: Params
}

/** What says the same for notifications of the core, which have rules of their own. */
const ownWays: { readonly [method: string]: string } = {
  "notifications/progress": "Use `ctx.progress()`.",
  "notifications/message": "Use `ctx.log`.",
  "notifications/cancelled": "Let the handler return; a question that is given up is cancelled by itself.",
  "notifications/resources/updated": "Use `mcp.resourceUpdated(uri)`, which tells those who subscribed.",
  "notifications/tools/list_changed": 'Use `mcp.listChanged("tool")`, which tells those who subscribed.',
  "notifications/prompts/list_changed": 'Use `mcp.listChanged("prompt")`, which tells those who subscribed.',
  "notifications/elicitation/complete": "Use `mcp.elicitationComplete(id)`.",
  "notifications/resources/list_changed":
    'Use `mcp.listChanged("resource")`, which tells those who subscribed.',
}

/**
 * Sends a notification of an extension ahead of the answer, to a client that knows the extension.
 *
 * @throws {CannotNotify} No plugin declares it, or it is one of the core.
 * @throws {MissingClientCapability} The client did not declare the extension.
 * @see S28/basic/transports/streamable-http#receiving-messages for what may go where
 */
export function sendNotification(core: Core, call: Call, { method, params }: OwnNotification): void {
  const plugin = core.plugins().find(({ clientNotifications = [] }) => clientNotifications.includes(method))
  if (plugin === undefined)
    throw new CannotNotify(method, Object.hasOwn(ownWays, method) ? ownWays[method] : undefined)
  const { id } = plugin
  if (call.peer.capabilities.extensions?.[id] === undefined) {
    throw new MissingClientCapability({ extensions: { [id]: {} } })
  }
  assertJson(params, `the notification \`${method}\``)
  call.exchange.notify(method, params)
}
