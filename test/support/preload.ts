// As programs find it: options may be set by the environment.
import "../../src/node.ts"
import { loadMessages } from "../../src/components/prompt.ts"
import { loadReading } from "../../src/components/resource-read.ts"
import { loadScreen } from "../../src/components/template.ts"
import { loadToolRefusals } from "../../src/components/tool-invoke.ts"
import { loadNode } from "../../src/http/lazy-node.ts"
import { loadDefaults } from "../../src/schema/compile.ts"
import { loadInterpreter } from "../../src/schema/json-schema-validator.ts"
import { loadCoercion } from "../../src/schema/lenient-validator.ts"
import { loadWording } from "../../src/schema/standard-validator.ts"
import { loadWork } from "../../src/server/context.ts"
import { loadHandlerErrors } from "../../src/server/failing.ts"
import { loadOnion } from "../../src/server/lazy-onion.ts"
import { loadWatch } from "../../src/server/lazy-watch.ts"

// What is loaded at first use answers at once from then on, so that tests may look at verdicts without waiting.
await Promise.all([
  loadInterpreter(),
  loadDefaults(),
  loadWording(),
  loadCoercion(),
  loadReading(),
  loadScreen(),
  loadToolRefusals(),
  loadMessages(),
  loadNode(),
  loadWatch(),
  loadHandlerErrors(),
  loadWork(),
  loadOnion(),
  import("../../src/http/preflight.ts"),
  import("../../src/protocol/stateless/aes-sealer.ts"),
  import("../../src/protocol/stateless/conversation.ts"),
  import("../../src/protocol/stateless/sealed-journal.ts"),
  import("../../src/protocol/steps.ts"),
  import("../../src/server/asking.ts"),
  import("../../src/server/complete-argument.ts"),
  import("../../src/server/discovered.ts"),
  import("../../src/server/dynamic-finder.ts"),
  import("../../src/server/find-readable.ts"),
  import("../../src/server/in-process.ts"),
  import("../../src/server/lifespans.ts"),
  import("../../src/server/methods/unknown-name.ts"),
  import("../../src/server/lister.ts"),
  import("../../src/server/misplaced-context.ts"),
  import("../../src/server/prompting.ts"),
  import("../../src/server/reading.ts"),
  import("../../src/server/session-era.ts"),
  import("../../src/server/step.ts"),
  import("../../src/server/storage-parts.ts"),
  import("../../src/server/subscribe.ts"),
  import("../../src/server/unasked.ts"),
])
