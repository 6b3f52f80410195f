import type { Vendor } from "./vendor.ts"
import { arktype } from "./vendors/arktype.ts"
import { valibot } from "./vendors/valibot.ts"
import { zod } from "./vendors/zod.ts"

const vendors: { readonly [name: string]: Vendor } = { zod, valibot, arktype }

/** Finds what is particular about a library, by the name its schemas give. */
export function vendorOf(name: string): Vendor | undefined {
  return Object.hasOwn(vendors, name) ? vendors[name] : undefined
}
