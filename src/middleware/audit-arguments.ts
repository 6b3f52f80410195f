import type { Call } from "../protocol/call.ts"
import type { ServerLog } from "../server/server-log.ts"
import { canonicalJson } from "../shared/canonical-json.ts"
import { isThenable } from "../shared/maybe-promise.ts"
import type { Digest } from "./audit-chain.ts"
import type { AuditEntry } from "./audit-record.ts"

/** How much of the arguments a record holds, in characters. */
const longest = 10_000

interface ArgumentsOptions {
  readonly argumentsDigest?: boolean
  readonly redact?: (args: unknown, call: Call) => unknown
}

interface Parts {
  readonly digest: Digest
  readonly log: ServerLog
}

type Said = Pick<AuditEntry, "argumentsDigest" | "arguments">

/** Makes what says of a call what its arguments are. */
export function createArguments(
  { argumentsDigest = true, redact }: ArgumentsOptions,
  { digest, log }: Parts,
): (call: Call) => Promise<Said> {
  function redacted(args: unknown, call: Call): Pick<Said, "arguments"> {
    if (redact === undefined) return {}
    try {
      const seen: unknown = redact(args, call)
      if (isThenable(seen)) {
        void Promise.resolve(seen).catch(() => undefined)
        return {}
      }
      if (seen === undefined) return {}
      const text = canonicalJson(seen)
      // A copy: what the handler does to it later was not sent.
      return text.length > longest ? {} : { arguments: JSON.parse(text) as unknown }
    } catch (error) {
      log({ level: "error", message: "`redact` of the middleware `audit` failed", error })
      return {}
    }
  }

  return async (call) => {
    const args = call.params.arguments
    if (args === undefined) return {}
    const seen = redacted(args, call)
    return argumentsDigest ? { argumentsDigest: await digestOf(args, digest), ...seen } : seen
  }
}

async function digestOf(args: unknown, digest: Digest): Promise<string> {
  try {
    return await digest(`fleetmcp audit arguments\n${canonicalJson(args)}`)
  } catch {
    // Nested deeper than anybody means it; a record says so rather than nothing.
    return "unreadable"
  }
}
