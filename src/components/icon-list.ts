import { InvalidIcon } from "../errors/components.ts"
import type { Icon } from "../spec/index.ts"
import { checkUrl, isLookedAt, keepIcon, shorten } from "./icon-fields.ts"

/**
 * Checks what an author gave as icons: a URL, what `icon()` made, or a list of these. What reads data URIs and all
 * that can be said of an icon stands behind `icon()` alone, so that servers without such icons do not carry it.
 *
 * @throws {InvalidIcon} FLEET-24
 */
export function normalizeIcons(
  icons: string | URL | Icon | readonly (string | URL | Icon)[],
): readonly Icon[] {
  const list = isList(icons) ? icons : [icons]
  return Object.freeze(list.map(normalizeIcon))
}

function isList(icons: unknown): icons is readonly (string | URL | Icon)[] {
  return Array.isArray(icons)
}

function normalizeIcon(given: string | URL | Icon): Icon {
  if (typeof given === "string" || given instanceof URL) return linked(String(given))
  if (typeof given !== "object" || given === null || typeof given.src !== "string") {
    throw new InvalidIcon("it has no `src`", "Use `icon(url)` or `iconFromFile(path)`.")
  }
  if (isLookedAt(given)) return given
  const hasMore = Object.keys(given).some((name) => name !== "src")
  return hasMore ? refuse(given.src) : linked(given.src)
}

function linked(src: string): Icon {
  if (src.startsWith("data:")) return refuse(src)
  checkUrl(src)
  return keepIcon({ src })
}

function refuse(src: string): never {
  const what = `nothing has looked at \`${shorten(src)}\` and what is said of it`
  throw new InvalidIcon(what, "Write `icon(src, { mimeType, sizes, theme })`, which does.")
}
