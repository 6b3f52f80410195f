import { MemoryStorageInProduction } from "../errors/storage.ts"
import { deploymentSignals } from "../shared/deployment.ts"
import { memoryStorage } from "../storage/memory.ts"
import { scoped } from "../storage/scoped.ts"
import type { StorageDriver } from "../storage/storage.ts"
import type { ServerLog } from "./server-log.ts"

/** What a server was told of its storage. */
export interface GivenStorage {
  /** Where everything is remembered. Default: a storage in the memory of this process. */
  readonly storage: StorageDriver | undefined
  readonly log: ServerLog
}

/** What is kept in a part, for the warning that a memory will not do for it. */
const contents: { readonly [part: string]: string } = {
  state: "The state of `ctx.state`",
  handles: "What `ctx.sessions` keeps under handles",
  journal: "What calls that ask remember",
  once: "Which answers were used",
  steps: "What steps gave",
}

/** Makes what gives the parts of a storage, by name. */
export function partsOf({ storage, log }: GivenStorage): (name: string) => StorageDriver {
  if (storage !== undefined) return (name) => scoped(storage, name)
  const parts = new Map<string, StorageDriver>()
  return (name) => {
    const known = parts.get(name)
    if (known !== undefined) return known
    const [signal] = deploymentSignals()
    if (signal !== undefined) {
      const error = new MemoryStorageInProduction(contents[name] ?? `What is kept as \`${name}\``, signal)
      log({ level: "warning", message: "The server has no `storage`", error })
    }
    // Each its own: who fills one, as clients may with large states, fills no other.
    const part = scoped(memoryStorage(), name)
    parts.set(name, part)
    return part
  }
}
