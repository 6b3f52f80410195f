/** How the names of one server are written in another. */
export interface Prefixing {
  /** `add` → `math_add`. */
  readonly name: (name: string) => string
  /** `config://settings` → `config://math/settings`; of a URI template likewise. */
  readonly uri: (uri: string) => string
  /** The name that was prefixed, or nothing for one without the prefix. */
  readonly innerName: (name: string) => string | undefined
  /** The URI that was prefixed, or nothing for one without the prefix. */
  readonly innerUri: (uri: string) => string | undefined
}

/** The scheme and what separates it from the rest; a URI without `//` has only a colon. */
const scheme = /^([A-Za-z][A-Za-z0-9+.-]*:(?:\/\/)?)(.*)$/s

/** Writes names behind a prefix and a separator, and URIs with the prefix as the first part of their path. */
export function prefixing(prefix: string, separator: string): Prefixing {
  const start = `${prefix}${separator}`
  const segment = `${prefix}/`
  return {
    name: (name) => start + name,
    uri: (uri) => uri.replace(scheme, (_, head: string, rest: string) => head + segment + rest),
    innerName: (name) => (name.startsWith(start) && name !== start ? name.slice(start.length) : undefined),
    innerUri(uri) {
      const [, head, rest] = scheme.exec(uri) ?? []
      if (head === undefined || rest === undefined || !rest.startsWith(segment)) return undefined
      return head + rest.slice(segment.length)
    },
  }
}
