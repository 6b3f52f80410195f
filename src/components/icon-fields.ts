import { InvalidIcon } from "../errors/components.ts"
import type { Icon } from "../spec/index.ts"

const looked: WeakSet<Icon> = /* @__PURE__ */ new WeakSet()

/** Freezes an icon of which all was looked at, and remembers it. */
export function keepIcon(icon: Icon): Icon {
  looked.add(Object.freeze(icon))
  return icon
}

/** Whether {@link keepIcon} had it: then all of it is good. */
export function isLookedAt(icon: Icon): boolean {
  return looked.has(icon)
}

/** @throws {InvalidIcon} FLEET-24: it is no `https:` URL, or one with credentials */
export function checkUrl(src: string): void {
  const url = URL.canParse(src) ? new URL(src) : undefined
  if (url?.protocol === "https:") {
    if (url.username === "" && url.password === "") return
    throw new InvalidIcon("its URL holds credentials, which every client would see", "Leave them out.")
  }
  const shown = shorten(src)
  if (url?.protocol === "http:") {
    throw new InvalidIcon(
      `\`${shown}\` is not encrypted`,
      "Serve it over `https:`, or use `iconFromFile(path)`.",
    )
  }
  if (/^[A-Za-z0-9+/]{64,}/.test(src))
    throw new InvalidIcon(`\`${shown}\` has no \`data:…;base64,\` in front`)
  throw new InvalidIcon(`\`${shown}\` is neither an \`https:\` URL nor a \`data:\` URI`)
}

/** Shows the start of what was given. */
export function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`
}
