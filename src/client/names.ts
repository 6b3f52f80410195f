/** The name by which a tool or prompt of one of several servers is known: `server_name`. */
export function outerName(server: string | undefined, name: string): string {
  return server === undefined ? name : `${server}_${name}`
}

/** The URI by which a resource of one of several servers is known: `scheme://server/rest`. */
export function outerUri(server: string | undefined, uri: string): string {
  return server === undefined ? uri : uri.replace(/^([a-z][\w+.-]*:\/\/)/i, (scheme) => `${scheme}${server}/`)
}

/** The server's own name of a tool or prompt, or `undefined` where it is another's. */
export function innerName(server: string | undefined, name: string): string | undefined {
  if (server === undefined) return name
  return name.startsWith(`${server}_`) ? name.slice(server.length + 1) : undefined
}

/** The server's own URI of a resource, or `undefined` where it is another's. */
export function innerUri(server: string | undefined, uri: string): string | undefined {
  if (server === undefined) return uri
  const at = uri.indexOf("://") + 3
  return at > 2 && uri.startsWith(`${server}/`, at)
    ? uri.slice(0, at) + uri.slice(at + server.length + 1)
    : undefined
}
