import { InvalidIcon } from "../errors/components.ts"
import type { Icon } from "../spec/index.ts"
import { checkUrl, type IconOptions, isLookedAt, makeIcon, shorten } from "./icon-fields.ts"

/**
 * Checks what an author gave as icons: a URL, an icon, or a list of these. What reads the bytes of data URIs stands
 * behind `icon()` alone, so that servers without such icons do not carry it.
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
  if (typeof given === "string" || given instanceof URL) return linked(String(given), {})
  if (typeof given !== "object" || given === null || typeof given.src !== "string") {
    throw new InvalidIcon("it has no `src`", "Use `icon(url)` or `iconFromFile(path)`.")
  }
  if (isLookedAt(given)) return given
  const { src, mimeType, sizes, theme } = given
  return linked(src, {
    ...(mimeType === undefined ? undefined : { mimeType }),
    ...(sizes === undefined ? undefined : { sizes }),
    ...(theme === undefined ? undefined : { theme }),
  })
}

function linked(src: string, options: IconOptions): Icon {
  if (src.startsWith("data:")) {
    throw new InvalidIcon(
      `\`${shorten(src)}\` is a data URI that nothing has looked at`,
      "Write `icon(dataUri)`, which checks its bytes.",
    )
  }
  checkUrl(src)
  return makeIcon(src, options)
}
