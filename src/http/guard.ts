/** Which hosts and origins may reach a server. */
export interface GuardOptions {
  /**
   * Host names that clients may address the server by, besides loopback names; with a port, only on that port.
   * `"*"` allows all, for platforms that route by host themselves. Default: loopback only.
   */
  readonly hosts?: readonly string[] | undefined
  /** Origins of web pages that may call, such as `https://app.example.com`; `"*"` allows all. Default: loopback and the server's own. */
  readonly origins?: readonly string[] | undefined
}

/** What is wrong with where a request says it goes to or comes from. */
export interface GuardProblem {
  /** 400 for what is malformed, 403 for what is foreign. */
  readonly status: 400 | 403
  /** What is wrong, and which option allows it. */
  readonly message: string
}

/** Checks the `Host` and `Origin` headers; `undefined` means both are fine. */
export type Guard = (host: string | undefined, origin: string | undefined) => GuardProblem | undefined

/**
 * Makes the guard against DNS rebinding and foreign web pages. A host that passes it can stand in a URL.
 *
 * @see S28/basic/transports/streamable-http#security--endpoint
 */
export function createGuard(options: GuardOptions): Guard {
  const hosts = new Set((options.hosts ?? []).map((host) => host.toLowerCase()))
  const origins = new Set((options.origins ?? []).map((origin) => origin.toLowerCase()))
  const anyHost = hosts.has("*")
  const good = new Set<string>()

  function isHost(name: string, host: string): boolean {
    return anyHost || loopbackNames.has(name) || hosts.has(name) || hosts.has(host.toLowerCase())
  }

  function isOrigin(origin: string, host: string): boolean {
    if (origins.has("*") || origins.has(origin.toLowerCase())) return true
    const place = originHost(origin)
    if (place === undefined) return false
    if (place === host.toLowerCase()) return true
    return isLoopback(place) && isLoopback(host)
  }

  return (host, origin) => {
    // The hosts a server is reached by are few: remembering them spares the parsing. Bounded, as clients choose them.
    if (origin === undefined && host !== undefined && good.has(host)) return undefined
    // Before HTTP/1.1 requests had no host; probes of load balancers are like that still.
    if (host === undefined) return anyHost && origin === undefined ? undefined : noHost
    const name = hostName(host)
    if (name === undefined) return badHost(host)
    if (!isHost(name, host)) return foreignHost(host)
    if (origin !== undefined && !isOrigin(origin, host)) return foreignOrigin(origin)
    if (good.size < 32) good.add(host)
    return undefined
  }
}

/** The name part of a `Host` header, or `undefined` when it is malformed. */
export function hostName(host: string): string | undefined {
  const name = hostPattern.exec(host)?.[1]?.toLowerCase()
  // The pattern keeps out what `URL` would take for more than a host; `URL` knows ports, IPv6 and numeric addresses.
  return name !== undefined && URL.canParse(`http://${host}`) ? name : undefined
}

// A name, an IPv4 address, or an IPv6 address in brackets, and perhaps a port.
const hostPattern = /^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/

const loopbackNames: ReadonlySet<string> = /* @__PURE__ */ new Set(["localhost", "127.0.0.1", "[::1]"])

function isLoopback(host: string): boolean {
  const name = hostName(host)
  return name !== undefined && loopbackNames.has(name)
}

function originHost(origin: string): string | undefined {
  return /^https?:\/\/([^/?#@\s]{1,260})$/i.exec(origin)?.[1]?.toLowerCase()
}

const noHost: GuardProblem = { status: 400, message: "The request has no `Host` header." }

/** @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
function badHost(host: string): GuardProblem {
  return { status: 400, message: `\`${host.slice(0, 100)}\` is not a host.` }
}

function foreignHost(host: string): GuardProblem {
  return {
    status: 403,
    message: `This server does not answer to the host \`${host.slice(0, 100)}\`. If that is its public name, add it to \`http.hosts\`.`,
  }
}

function foreignOrigin(origin: string): GuardProblem {
  return {
    status: 403,
    message: `Pages of \`${origin.slice(0, 100)}\` may not call this server. If they should, add it to \`http.origins\`.`,
  }
}
