import type { Transport } from "@modelcontextprotocol/client"
import { chainOf } from "../../client/carrier.ts"
import type { FleetError } from "../../errors/fleet-error.ts"

/** What messages to a server travel by, and what is known of it beside them. */
export interface Carrier {
  readonly transport: Transport
  /** The server as errors name it. */
  readonly name: string
  /** Whether the headers of a request repeat what is in it. */
  readonly hasHeaders: boolean
  /** The digests of all that the server has, where it can be asked; otherwise they follow from what it lists. */
  readonly fingerprints?: (() => Promise<{ readonly [key: string]: string }>) | undefined
  /** Says why nothing came of it, or `undefined` if it does not know. */
  explain(error: unknown): FleetError | undefined
  /** Gives back what the transport itself does not. */
  close(): Promise<void>
}

/** What the person in front of the terminal hears of, and is asked. */
export interface Host {
  /** Ends everything. */
  readonly signal: AbortSignal
  /** A line that a program wrote to standard error. */
  onProgramLine(line: string): void
}

/** Codes of the operating system, of TLS, and of the HTTP client; those of the SDK are other words. */
const systemCodes =
  /^(E[A-Z0-9]+|EAI_\w+|(ERR|UND_ERR|HPE|CERT)_\w+|\w+_(CERT|CERTIFICATE|CERT_IN_CHAIN|SIGNATURE))$/

/** The code of an error of the operating system, such as `ECONNREFUSED`, anywhere in what led to it. */
export function systemCode(error: unknown): string | undefined {
  for (const each of chainOf(error)) {
    const code: unknown = Reflect.get(Object(each), "code")
    if (typeof code === "string" && systemCodes.test(code)) return code
  }
  return undefined
}
