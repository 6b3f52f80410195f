import { type Check, expectAnswer } from "./check.ts"
import { askingChecks } from "./checks/asking.ts"
import { callChecks } from "./checks/calls.ts"
import { changeChecks } from "./checks/changes.ts"
import { chargingChecks } from "./checks/charging.ts"
import { dataChecks } from "./checks/data.ts"
import { leaveChecks } from "./checks/leaving.ts"
import { memoryChecks } from "./checks/memory.ts"
import { toolChecks } from "./checks/tools.ts"

/** What every client is asked, in this order. */
export const checks: readonly Check[] = [
  {
    name: "agrees on a revision and sees who serves",
    run: (peer, { revision }) =>
      expectAnswer(peer.ask("describe"), {
        revision,
        server: { name: "interop", version: "1.2.3" },
        instructions: "Answers to every client.",
      }),
  },
  ...toolChecks,
  ...dataChecks,
  ...callChecks,
  ...askingChecks,
  ...chargingChecks,
  ...memoryChecks,
  ...changeChecks,
  ...leaveChecks,
]
