import { assertOptions, type KnownOptions } from "../components/options.ts"
import { InvalidOption, quoted } from "../errors/server.ts"

const runOptions: KnownOptions = {
  kinds: {
    transport: {
      holds: (value) => value === "http" || value === "stdio",
      expected: '`"stdio"` or `"http"`',
    },
    port: "port",
    host: "host",
    inTests: "boolean",
  },
  foreign: { path: "Use the server's `http: { path }`." },
}

/**
 * Refuses options that `mcp.run()` does not have, and values they cannot have.
 *
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 */
export function assertRunOptions(options: object): void {
  assertOptions("`mcp.run()`", options, runOptions)
  const { transport, port, host } = options as { readonly [name: string]: unknown }
  if (transport === "http" || (port === undefined && host === undefined)) return
  const [name, value] = port === undefined ? ["host", host] : ["port", port]
  throw new InvalidOption(
    `The option \`${name}\` of \`mcp.run()\``,
    quoted(value),
    'Give `transport: "http"` with it.',
  )
}
