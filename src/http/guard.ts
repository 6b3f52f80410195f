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
  readonly status: 403 | 421
  readonly message: string
}

/** Checks the `Host` and `Origin` headers; `undefined` means both are fine. */
export type Guard = (host: string | undefined, origin: string | undefined) => GuardProblem | undefined

/**
 * Makes the guard against DNS rebinding and foreign web pages. Headers are compared as text: a malformed one is
 * refused, never parsed with something that throws.
 *
 * @see S28/basic/transports/streamable-http#security--endpoint
 */
export function createGuard(options: GuardOptions): Guard {
  const hosts = new Set((options.hosts ?? []).map((host) => host.toLowerCase()))
  const origins = new Set((options.origins ?? []).map((origin) => origin.toLowerCase()))
  const good = new Set<string>()

  function isHost(host: string): boolean {
    if (hosts.has("*")) return true
    const name = hostName(host)
    return name !== undefined && (loopbackNames.has(name) || hosts.has(name) || hosts.has(host.toLowerCase()))
  }

  function isOrigin(origin: string, host: string): boolean {
    if (origins.has("*") || origins.has(origin.toLowerCase())) return true
    const place = originHost(origin)
    if (place === undefined) return false
    if (place === host.toLowerCase()) return true
    const from = hostName(place)
    const to = hostName(host)
    return from !== undefined && to !== undefined && loopbackNames.has(from) && loopbackNames.has(to)
  }

  return (host, origin) => {
    // The hosts a server is reached by are few: remembering them spares the parsing. Bounded, as clients choose them.
    if (origin === undefined && host !== undefined && good.has(host)) return undefined
    if (host === undefined || !isHost(host)) return badHost(host)
    if (origin !== undefined && !isOrigin(origin, host)) return badOrigin(origin)
    if (good.size < 32) good.add(host)
    return undefined
  }
}

/** The name part of a `Host` header, or `undefined` when it is malformed. */
export function hostName(host: string): string | undefined {
  return hostPattern.exec(host)?.[1]?.toLowerCase()
}

// A name, an IPv4 address, or an IPv6 address in brackets, and perhaps a port.
const hostPattern = /^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/

const loopbackNames: ReadonlySet<string> = /* @__PURE__ */ new Set(["localhost", "127.0.0.1", "[::1]"])

function originHost(origin: string): string | undefined {
  return /^https?:\/\/([^/?#@\s]{1,260})$/i.exec(origin)?.[1]?.toLowerCase()
}

function badHost(host: string | undefined): GuardProblem {
  const shown = host === undefined ? "no `Host` header" : `the host \`${host.slice(0, 100)}\``
  return {
    status: 403,
    message: `This server does not answer to ${shown}. If that is its public name, add it to \`http.hosts\`.`,
  }
}

function badOrigin(origin: string): GuardProblem {
  return {
    status: 403,
    message: `Pages of \`${origin.slice(0, 100)}\` may not call this server. If they should, add it to \`http.origins\`.`,
  }
}
