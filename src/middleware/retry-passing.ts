/** How far down the causes of an error are looked at: they may lead back to where they began. */
const depth = 8

/** What runtimes and their HTTP clients call a connection that failed, and one that took too long. */
const codes: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ESOCKETTIMEDOUT",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ConnectionRefused",
  "ConnectionReset",
  "ConnectionClosed",
  "STORAGE_UNAVAILABLE",
])

/** What a gateway answers that cannot reach what is behind it. */
const statuses: ReadonlySet<unknown> = /* @__PURE__ */ new Set([502, 503, 504])

/** An error and those that led to it. */
export function errorsIn(error: unknown): readonly object[] {
  const errors: object[] = []
  for (let at = error; typeof at === "object" && at !== null && errors.length < depth; ) {
    errors.push(at)
    at = "cause" in at ? at.cause : undefined
  }
  return errors
}

/** Whether an error itself is of a connection, of a time-out, or of a service that is away. */
export function isOfConnection(error: object): boolean {
  const { name, code, status, statusCode, response } = error as { readonly [field: string]: unknown }
  if (name === "TimeoutError" || (typeof code === "string" && codes.has(code))) return true
  if (statuses.has(status) || statuses.has(statusCode)) return true
  return (
    typeof response === "object" && response !== null && "status" in response && statuses.has(response.status)
  )
}
