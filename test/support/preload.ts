import { loadInterpreter } from "../../src/schema/json-schema-validator.ts"
import { loadCoercion } from "../../src/schema/lenient-validator.ts"
import { loadWording } from "../../src/schema/standard-validator.ts"

// What is loaded at first use answers at once from then on, so that tests may look at verdicts without waiting.
await Promise.all([loadInterpreter(), loadWording(), loadCoercion()])
