import type { OptionTest } from "../components/option-kinds.ts"
import { InvalidOption } from "../errors/server.ts"

/**
 * Scheme, user and password, hosts, and the rest. There is one `@` at most: with a second one, or one that comes later,
 * part of a password that was not encoded would be taken for the host, and shown.
 */
const form = /^(?<scheme>[a-z][a-z0-9+]*):\/\/(?:(?<user>[^@/?#\s]*)@)?(?<hosts>[^@/?#\s]*)(?:[/?][^@#\s]*)?$/

/** Makes the test of an option that is a connection string. */
export function connectionString(...schemes: readonly string[]): OptionTest {
  return {
    holds(value) {
      const { scheme = "", user = "", hosts = "" } = form.exec(String(value))?.groups ?? {}
      // What the client cannot read it would refuse at the first request only, and show all of it.
      const isReadable = !/%(?![\da-f]{2})/i.test(user) && hosts.split(",").every(isHost)
      return typeof value === "string" && schemes.includes(scheme) && isReadable
    },
    expected: `a URL such as \`${schemes[0]}://user:password@localhost\`, its user and password percent-encoded`,
    isSecret: true,
  }
}

/** An address with its port or without; a socket is percent-encoded, or elsewhere in the URL. */
function isHost(text: string): boolean {
  return text === "" || URL.canParse(`any://${text}`)
}

/** Makes the test of an option that is a client of some package, of which some methods are used. */
export function clientOf(expected: string, methods: readonly string[]): OptionTest {
  return {
    holds: (value) =>
      typeof value === "object" &&
      value !== null &&
      methods.every((name) => typeof Reflect.get(value, name) === "function"),
    expected: `${expected}, which has ${methods.map((name) => `\`${name}()\``).join(" and ")}`,
    // Clients know their passwords.
    isSecret: true,
  }
}

/**
 * Refuses options that say neither which client is used nor where one is opened, or both.
 *
 * @throws {InvalidOption}
 */
export function assertSource(
  subject: string,
  options: object,
  [client, url]: readonly [string, string],
): void {
  const given = [client, url].filter((name) => Reflect.get(options, name) !== undefined)
  if (given.length === 1) return
  const shown = given.length === 0 ? "nowhere" : "in two places"
  throw new InvalidOption(`The server of ${subject}`, shown, `Give either \`${client}\` or \`${url}\`.`)
}

/** Names the server of a connection string for an error, without user and password. */
export function serverName(kind: string, url: string | undefined): string {
  const hosts = url === undefined ? "" : form.exec(url)?.groups?.hosts
  return hosts ? `${kind} at \`${hosts}\`` : kind
}
