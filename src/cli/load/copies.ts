import { join } from "node:path"
import type { Bundle } from "./bundle.ts"
import { shownFile } from "./place.ts"
import { addCommand, packageFolder, readManifest, resolveFrom } from "./project.ts"

/** Says so when a program and the packages that it imports use different copies of this package. */
export function tellCopies({ inputs, folder }: Bundle, onNotice: (text: string) => void): void {
  const files = Object.keys(inputs).map((file) => join(folder, file))
  const packages = Object.entries(inputs).flatMap(([file, { imports }]) =>
    imports
      .filter(({ external, path }) => external && !/^(?:node:|fleetmcp(?:\/|$))/.test(path))
      .map(({ path }) => resolveFrom(join(folder, file), path)),
  )
  const users = [...files, ...packages].filter((file) => file !== undefined)
  const found = new Set(
    users.map((file) => resolveFrom(file, "fleetmcp")).filter((path) => path !== undefined),
  )
  if (found.size < 2) return
  const copies = [...found].map((path) => {
    const home = packageFolder(path)
    return `${shownFile(home)} (${readManifest(home)?.version ?? "no version"})`
  })
  onNotice(
    `The program uses ${copies.length} copies of fleetmcp: ${copies.join(", ")}. What one of them makes the other may not take. Have packages list it in \`peerDependencies\`, and run \`${addCommand(packageFolder(files[0] ?? folder), "fleetmcp")}\`. (FLEET-08)`,
  )
}
