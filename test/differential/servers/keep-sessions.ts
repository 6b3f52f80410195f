/** Serves requests of any session. */
export type SessionHandler = (request: Request) => Promise<Response>

/** What the official SDKs have for each session. */
export interface SessionTransport {
  handleRequest(request: Request): Promise<Response>
}

interface TransportOptions {
  readonly sessionIdGenerator: () => string
  readonly onsessioninitialized: (id: string) => void
  readonly onsessionclosed: (id: string) => void
}

/** Finds the transport of a session as the examples of the official SDKs do: what names none opens one. */
export function keepSessions(open: (options: TransportOptions) => Promise<SessionTransport>): SessionHandler {
  const known = new Map<string, SessionTransport>()
  return async (request) => {
    const id = request.headers.get("mcp-session-id")
    const present = known.get(id ?? "")
    if (present !== undefined) return present.handleRequest(request)
    if (id !== null) {
      const error = { code: -32001, message: "Session not found" }
      return Response.json({ jsonrpc: "2.0", id: null, error }, { status: 404 })
    }
    const transport: SessionTransport = await open({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (opened) => void known.set(opened, transport),
      onsessionclosed: (closed) => void known.delete(closed),
    })
    return transport.handleRequest(request)
  }
}
