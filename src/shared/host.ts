/** Whoever loads the module of a server to serve it itself: the command line, a test, an adapter. */
export interface Host {
  /** What people call it: `fleetmcp run`. */
  readonly name: string
  /** The file of the module that it loads. Default: the program that runs. */
  readonly program?: string
  /** Settings by name, as text: weaker than code, stronger than the environment. Default: none. */
  readonly flags?: { readonly [setting: string]: string | undefined }
  /** Whether `mcp.run()` starts the server all the same, because the host itself calls it. Default `false`. */
  readonly starts?: boolean
  /** Whether it says itself where a server listens, so that the server need not. Default `false`. */
  readonly announces?: boolean
  /**
   * Hears of `mcp.run(options)`, which starts nothing then.
   *
   * @param server The server.
   * @param options What it would have been run with.
   */
  onRun?(server: object, options: object): void
}

// A symbol that all copies of this package share: the command line's need not be the program's.
const key = /* @__PURE__ */ Symbol.for("fleetmcp.host")

type Global = { [key]?: Host | undefined }

/** Who loads the module, if it is not a program of its own. */
export function currentHost(): Host | undefined {
  // Only ever set by `setHost()`, of this copy or another.
  return (globalThis as Global)[key]
}

/** Says who loads modules from now on; `undefined` is nobody. */
export function setHost(host: Host | undefined): void {
  // As above.
  ;(globalThis as Global)[key] = host
}
