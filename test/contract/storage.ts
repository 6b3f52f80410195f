import { describe, expect, it } from "vitest"
import {
  storageContract as contract,
  type MakeStorage,
  type StorageLevel,
} from "../../src/testing/contract/storage.ts"
import { declared, type Guarantees } from "./drivers.ts"

/** The contract as tests of Vitest: `storageContract(() => ({ driver, advance }), { level: "atomic" })`. */
export function storageContract(make: MakeStorage, { level }: { readonly level: StorageLevel }): void {
  contract(make, { level, describe, it })
}

/** The whole test of a driver of this package: the contract, and that its row of the table of guarantees is true. */
export function driverContract(row: Guarantees, make: MakeStorage): void {
  storageContract(make, { level: row.level })

  it(`${row.name} declares what the table of guarantees says`, async () => {
    const { driver, end } = await make()
    try {
      expect(row).toMatchObject(declared(driver))
    } finally {
      await end?.()
    }
  })
}
