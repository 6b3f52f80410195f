import { readFileSync, statSync } from "node:fs"
import { InvalidIcon } from "../errors/components.ts"
import { encodeBase64 } from "../shared/base64.ts"
import type { Icon } from "../spec/index.ts"
import { sniffMediaType } from "./content-media.ts"
import { type IconOptions, icon, MAX_ICON_BYTES } from "./icon.ts"

/**
 * Makes an icon of an image file, held in a data URI. Reads at once, so that it can stand in a component's config.
 *
 * @param path a path or `file:` URL; `new URL("icon.png", import.meta.url)` is a file beside the module
 * @param options `mimeType`, `sizes` and `theme`. Default: the type that the bytes tell, and nothing of the others.
 * @throws {InvalidIcon} FLEET-24: there is no such file, it is too large, not an image, or an unsafe SVG
 * @see S28/basic/index#icons
 * @example
 * new FleetMCP("Demo", { icons: [iconFromFile(new URL("icon.png", import.meta.url))] })
 */
export function iconFromFile(path: string | URL, options: IconOptions = {}): Icon {
  const bytes = readBounded(path)
  const mimeType = sniffMediaType(bytes)
  if (mimeType === undefined)
    throw new InvalidIcon(`\`${path}\` is not an image`, "Use a PNG, JPEG, WebP or SVG file.")
  return icon(`data:${mimeType};base64,${encodeBase64(bytes)}`, options)
}

function readBounded(path: string | URL): Uint8Array {
  try {
    const stat = statSync(path)
    if (!stat.isFile()) throw new InvalidIcon(`\`${path}\` is not a file`, "Give the path of an image file.")
    if (stat.size > MAX_ICON_BYTES) {
      const fix = "Scale it down (48 to 128 pixels are enough), or serve it over `https:`."
      throw new InvalidIcon(`\`${path}\` has ${stat.size} bytes, of at most ${MAX_ICON_BYTES}`, fix)
    }
    return readFileSync(path)
  } catch (cause) {
    if (cause instanceof InvalidIcon) throw cause
    const fix = 'Give a path from the working directory, or `new URL("icon.png", import.meta.url)`.'
    throw new InvalidIcon(`\`${path}\` cannot be read`, fix, { cause })
  }
}
