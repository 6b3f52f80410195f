import type { Sampler } from "../components/sampling.ts"
import { SamplingFailed } from "../errors/sampling.ts"
import type { CreateMessageRequestParams, CreateMessageResult } from "../spec/index.ts"
import { askApi } from "./model-failure.ts"
import { ToolNames } from "./tool-names.ts"

/** The API of a model. */
export interface ModelApi {
  /** Whose it is, for messages. */
  readonly name: string
  /** The most characters that it takes as the name of a tool. */
  readonly longestName: number
  /** What its reasons to end are called in the protocol; others stay as they are. */
  readonly stopReasons: ReadonlyMap<string, string>
}

/** One request to an API, and what comes back. */
export interface Talk<Reply> {
  readonly ask: (signal: AbortSignal) => PromiseLike<Reply>
  /** Reads what the API gave, which is typed as its client says and may be anything. */
  readonly read: (reply: Reply) => Spoken
}

/** What a model said. */
export interface Spoken extends Pick<CreateMessageResult, "content" | "model"> {
  /** Why it ended, as its API calls it. Default: it was done. */
  readonly reason: string | null | undefined
}

/**
 * Makes a sampler that speaks to an API.
 *
 * @param talk Writes a request in the words of the API, which calls tools by other names.
 */
export function createSampler<Reply>(
  { name, longestName, stopReasons }: ModelApi,
  talk: (request: CreateMessageRequestParams, names: ToolNames) => Talk<Reply>,
): Sampler {
  return async (request, { signal }) => {
    const { ask, read } = talk(request, new ToolNames(longestName))
    const reply = await askApi(name, signal, () => ask(signal))
    const { content, model, reason } = readable(name, () => read(reply))
    return {
      role: "assistant",
      model,
      content,
      stopReason: stopReasons.get(reason ?? "") ?? reason ?? "endTurn",
    }
  }
}

/** What the proxies and clones of an API answer need not be what its client promises. */
function readable<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof SamplingFailed) throw cause
    throw new SamplingFailed(`${name} answered with something that is no message.`, {
      fix: "Check that what its client speaks to is this API.",
      cause,
    })
  }
}
