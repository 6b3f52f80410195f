import { parentPort } from "node:worker_threads"
import type { QuickJSSyncVariant } from "quickjs-emscripten-core"
import type { Program } from "./quickjs-program.ts"
import type { SandboxResult } from "./sandbox.ts"

/** What a thread is told. */
export type ToThread =
  | { readonly kind: "run"; readonly program: Program }
  | { readonly kind: "answer"; readonly id: number; readonly ok: boolean; readonly text: string }

/** What a thread tells. */
export type FromThread =
  | { readonly kind: "busy"; readonly isBusy: boolean }
  | { readonly kind: "call"; readonly id: number; readonly text: string }
  | { readonly kind: "done"; readonly result: SandboxResult }
  | { readonly kind: "missing"; readonly message: string }

const waiting: Map<number, (answer: { readonly ok: boolean; readonly text: string }) => void> = new Map()
let last = 0

const tell = (message: FromThread): void => parentPort?.postMessage(message)

parentPort?.on("message", (message: ToThread) => {
  if (message.kind === "run") void run(message.program)
  else {
    waiting.get(message.id)?.(message)
    waiting.delete(message.id)
  }
})

async function run(program: Program): Promise<void> {
  const loaded = await load().catch((error: unknown) => {
    tell({ kind: "missing", message: error instanceof Error ? error.message : String(error) })
  })
  if (loaded === undefined) return
  const { module, runProgram } = loaded
  const result = await runProgram(module, program, {
    onBusy: (isBusy) => tell({ kind: "busy", isBusy }),
    call: (text) =>
      new Promise((resolve) => {
        const id = ++last
        waiting.set(id, resolve)
        tell({ kind: "call", id, text })
      }),
  })
  tell({ kind: "done", result })
}

async function load() {
  const [{ newQuickJSWASMModuleFromVariant }, variant, { runProgram }] = await Promise.all([
    import("quickjs-emscripten-core"),
    import("@jitl/quickjs-wasmfile-release-sync"),
    import("./quickjs-program.ts"),
  ])
  // Its declarations say the default of CommonJS, which is not what `import()` gives.
  return {
    module: await newQuickJSWASMModuleFromVariant(variant.default as unknown as QuickJSSyncVariant),
    runProgram,
  }
}
