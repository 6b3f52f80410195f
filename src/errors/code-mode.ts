import { FleetError } from "./fleet-error.ts"

/** The packages that run programs of models are not installed. */
export class MissingQuickjs extends FleetError {
  readonly code = "MISSING_QUICKJS"
  constructor(cause: unknown) {
    super("`fleetmcp/transforms/quickjs` needs QuickJS, which cannot be loaded.", {
      fix: "Run `npm install quickjs-emscripten-core @jitl/quickjs-wasmfile-release-sync`.",
      cause,
    })
  }
}

/** What runs programs broke, and not the program. */
export class SandboxFailed extends FleetError {
  readonly code = "SANDBOX_FAILED"
  constructor(what: string, cause?: unknown) {
    super(`The sandbox cannot run the program: ${what}.`, {
      fix: "Look at the cause; give code mode another `sandbox` where there are no threads.",
      cause,
    })
  }
}
