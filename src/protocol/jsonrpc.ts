/** A JSON-RPC request id. The specification forbids `null` and fractions. */
export type RequestId = string | number

/** The parameters of a message: always an object in MCP. */
export type Params = { readonly [name: string]: unknown }

export interface RequestMessage {
  readonly id: RequestId
  readonly method: string
  readonly params?: Params
}

export interface NotificationMessage {
  readonly method: string
  readonly params?: Params
}

/** The `error` member of a JSON-RPC response. */
export interface RpcError {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

export type Incoming =
  | { readonly kind: "request"; readonly message: RequestMessage }
  | { readonly kind: "notification"; readonly message: NotificationMessage }
  | { readonly kind: "response" }
  | { readonly kind: "batch"; readonly items: readonly unknown[] }
  | { readonly kind: "invalid"; readonly reason: string; readonly id: RequestId | undefined }

/** Sorts one parsed JSON value into the kinds of message JSON-RPC 2.0 knows. */
export function toIncoming(value: unknown): Incoming {
  if (Array.isArray(value)) return { kind: "batch", items: value }
  if (!isObject(value)) return invalid("A message must be a JSON object.", undefined)
  const id = readId(value)
  if (value.jsonrpc !== "2.0") return invalid('`jsonrpc` must be "2.0".', id)
  if (typeof value.method !== "string") {
    if ("result" in value || "error" in value) return { kind: "response" }
    return invalid("`method` must be a string.", id)
  }
  if (value.params !== undefined && !isObject(value.params)) return invalid("`params` must be an object.", id)
  // The three checks above are the whole of both interfaces except `id`.
  const message = value as unknown as RequestMessage
  if (!("id" in value)) return { kind: "notification", message }
  if (id === undefined) return invalid("`id` must be a string or an integer.", undefined)
  return { kind: "request", message }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Whether a value can be the id of a request; that it is one of ours is not said. */
export function isRequestId(value: unknown): value is RequestId {
  return typeof value === "string" || typeof value === "number"
}

/** Writes an id as JSON. */
export function idToJson(id: RequestId | undefined): string {
  if (typeof id === "number") return `${id}`
  return id === undefined ? "null" : JSON.stringify(id)
}

function readId(value: Record<string, unknown>): RequestId | undefined {
  const id = value.id
  if (typeof id === "string") return id
  // An unsafe integer could not be echoed as it came.
  return typeof id === "number" && Number.isSafeInteger(id) ? id : undefined
}

function invalid(reason: string, id: RequestId | undefined): Incoming {
  return { kind: "invalid", reason, id }
}
