const warned: Set<string> = /* @__PURE__ */ new Set()

/**
 * Warns, once per process, of a feature that the specification gives up. Goes where Node's own deprecation warnings
 * go, so that `--no-deprecation` and `--trace-deprecation` do what they say; silent where there is no such place.
 *
 * @param feature What is deprecated, as the user writes it.
 * @param advice What to do instead.
 * @param since The revision that gives it up. Default `2026-07-28`.
 * @see https://modelcontextprotocol.io/community/feature-lifecycle
 */
export function warnDeprecated(feature: string, advice: string, since = "2026-07-28"): void {
  if (warned.has(feature)) return
  warned.add(feature)
  // Not imported: the runtimes that have no `node:process` have no warnings either.
  const { process } = globalThis as { readonly process?: { readonly emitWarning?: EmitWarning } }
  process?.emitWarning?.(`${feature} is deprecated by the specification since ${since}. ${advice}`, {
    type: "DeprecationWarning",
    code: "FLEET-09",
  })
}

type EmitWarning = (message: string, options: { readonly type: string; readonly code: string }) => void
