import type { ProtocolRevision } from "../../src/spec/revisions.ts"

/** A client that somebody else made, in one version. */
export interface Client {
  readonly name: string
  /** Its program in `interop/clients/`. */
  readonly program: string
  readonly runtime: "node" | "new node" | "python"
  /** The ways in which it connects, and the revision each must end in. */
  readonly modes: Readonly<Record<string, ProtocolRevision>>
  /** Why it answers no questions, where it does not. */
  readonly silent?: string
  /** Checks that it is not asked, by name, each with the reason. */
  readonly cannot?: Readonly<Record<string, string>>
}

const noErrorCodes = "says no error codes"
const noCommand = "has no command for it"
const oneRequest = "makes one request and leaves"

export const clients: readonly Client[] = [
  { name: "sdk-v1", program: "sdk-v1.mjs", runtime: "node", modes: { legacy: "2025-11-25" } },
  {
    name: "sdk-v2",
    program: "sdk-v2.mjs",
    runtime: "node",
    modes: {
      legacy: "2025-11-25",
      auto: "2026-07-28",
      "2026-07-28": "2026-07-28",
      "2025-06-18": "2025-06-18",
      "2025-03-26": "2025-03-26",
      "2024-11-05": "2024-11-05",
    },
  },
  {
    name: "python-sdk",
    program: "python-sdk.py",
    runtime: "python",
    modes: { legacy: "2025-11-25", auto: "2026-07-28" },
  },
  {
    name: "python-fastmcp",
    program: "fastmcp-client.py",
    runtime: "python",
    modes: { legacy: "2025-11-25", auto: "2026-07-28" },
  },
  {
    name: "inspector",
    program: "inspector.mjs",
    runtime: "new node",
    modes: { legacy: "2025-11-25", modern: "2026-07-28" },
    silent: "answers no questions in its command line",
    cannot: {
      "agrees on a revision and sees who serves": "does not say it",
      "is refused a tool that does not exist": noErrorCodes,
      "is refused a resource that does not exist": noErrorCodes,
      "is refused a prompt without its argument": noErrorCodes,
      "is refused a prompt that does not exist": noErrorCodes,
      "is suggested arguments of a prompt": noCommand,
      "is suggested variables of a template": noCommand,
      "hears of progress": noCommand,
      "hears what an extension tells that it knows": noCommand,
      "is refused what would tell it by an extension that it does not know": noErrorCodes,
      pings: noCommand,
      "keeps calls apart that run at once": oneRequest,
      "hears the log from the level it set": oneRequest,
      "cancels a call": oneRequest,
      "hears of changed lists and of a resource it watches": oneRequest,
      "hears no more of what it stopped watching": oneRequest,
      "sees what was added": oneRequest,
      "announces that its folders changed": oneRequest,
      "has its calls counted, or is told to use a handle where nobody is known": oneRequest,
      "leaves while it watches, and its server over stdio ends by itself": oneRequest,
    },
  },
]
