import type { Method } from "../../protocol/method.ts"
import type { Core } from "../core.ts"
import { checkNamed } from "./call-tool.ts"

/** `prompts/get`: finds the prompt and renders its messages. What does it is loaded by the first call. */
export function getPrompt(core: Core): Method {
  return {
    name: "prompts/get",
    nameParam: "name",
    mayAsk: true,
    isOffered: () => core.offers("prompt"),
    check: checkNamed,
    run: async (call) => (await import("../prompting.ts")).renderPrompt(core, call),
  }
}
