import type { StorageDriver } from "../../src/storage/storage.ts"
import type { StorageLevel } from "../../src/testing/contract/storage.ts"

/** What a driver guarantees: a row of the table in docs/storage.md, held to the driver by its contract test. */
export interface Guarantees {
  /** As users write it. */
  readonly name: string
  /** Where it is imported from. */
  readonly path: string
  readonly level: StorageLevel
  readonly listable: boolean
  /** Whether the driver has an `increment` of its own; `createAtomic()` counts over all that are atomic. */
  readonly increments: boolean
  readonly minTtl: number
  /** What one entry may take, as the page says it. */
  readonly largestValue: string
  /** Who shares the data: "this process", "processes of this machine", "all who reach the server". */
  readonly sharedBy: string
  /** Until when others may see what was there before: "at once", "60 s". */
  readonly seenAfter: string
  /** What is left of what was acknowledged when the process is killed in the middle of a write, or the server ends. */
  readonly survives: string
}

/** All drivers of this package, in the order of the page. */
export const drivers = {
  memoryStorage: {
    name: "memoryStorage()",
    path: "fleetmcp/storage",
    level: "atomic",
    listable: true,
    increments: true,
    minTtl: 0,
    largestValue: "`maxCharacters`",
    sharedBy: "this process",
    seenAfter: "at once",
    survives: "nothing",
  },
  diskStorage: {
    name: "diskStorage()",
    path: "fleetmcp/storage/disk",
    level: "atomic",
    listable: true,
    increments: false,
    minTtl: 0,
    largestValue: "what the disk takes",
    sharedBy: "processes of this machine",
    seenAfter: "at once",
    survives: "all",
  },
  sqliteStorage: {
    name: "sqliteStorage()",
    path: "fleetmcp/storage/sqlite",
    level: "atomic",
    listable: true,
    increments: true,
    minTtl: 0,
    largestValue: "1 GB",
    sharedBy: "processes of this machine",
    seenAfter: "at once",
    survives: "all",
  },
  redisStorage: {
    name: "redisStorage()",
    path: "fleetmcp/storage/redis",
    level: "atomic",
    listable: true,
    increments: true,
    minTtl: 1,
    largestValue: "512 MiB",
    sharedBy: "all who reach the server",
    seenAfter: "at once",
    survives: "what Redis is set to keep",
  },
  postgresStorage: {
    name: "postgresStorage()",
    path: "fleetmcp/storage/postgres",
    level: "atomic",
    listable: true,
    increments: true,
    minTtl: 1,
    largestValue: "1 GB",
    sharedBy: "all who reach the server",
    seenAfter: "at once",
    survives: "all",
  },
  mongoStorage: {
    name: "mongoStorage()",
    path: "fleetmcp/storage/mongodb",
    level: "atomic",
    listable: true,
    increments: false,
    minTtl: 1,
    largestValue: "16 MB",
    sharedBy: "all who reach the server",
    seenAfter: "at once",
    survives: "all",
  },
  dynamodbStorage: {
    name: "dynamodbStorage()",
    path: "fleetmcp/storage/dynamodb",
    level: "atomic",
    listable: true,
    increments: true,
    minTtl: 0,
    largestValue: "400 KB",
    sharedBy: "all who reach the table",
    seenAfter: "at once",
    survives: "all",
  },
  durableObjectStorage: {
    name: "durableObjectStorage()",
    path: "fleetmcp/storage/cloudflare",
    level: "atomic",
    listable: true,
    increments: true,
    minTtl: 0,
    largestValue: "2 MB",
    sharedBy: "all who have the binding",
    seenAfter: "at once",
    survives: "all",
  },
  kvStorage: {
    name: "kvStorage()",
    path: "fleetmcp/storage/cloudflare",
    level: "plain",
    listable: true,
    increments: false,
    minTtl: 0,
    largestValue: "25 MiB",
    sharedBy: "all who have the binding",
    seenAfter: "60 s or more",
    survives: "all",
  },
  unstorageStorage: {
    name: "unstorageStorage()",
    path: "fleetmcp/storage/unstorage",
    level: "plain",
    listable: true,
    increments: false,
    minTtl: 0,
    largestValue: "what its driver takes",
    sharedBy: "all who share its driver's data",
    seenAfter: "by its driver",
    survives: "by its driver",
  },
  keyvStorage: {
    name: "keyvStorage()",
    path: "fleetmcp/storage/keyv",
    level: "plain",
    listable: true,
    increments: false,
    minTtl: 0,
    largestValue: "what its backend takes",
    sharedBy: "all who share its backend's data",
    seenAfter: "by its backend",
    survives: "by its backend",
  },
} as const satisfies Readonly<Record<string, Guarantees>>

/** What a driver declares, in the words of its row. */
export function declared(driver: StorageDriver): Partial<Guarantees> {
  return {
    level: driver.atomic ? "atomic" : "plain",
    listable: driver.listable,
    increments: driver.increment !== undefined,
    minTtl: driver.minTtl,
  }
}

/** Writes the table of guarantees. */
export function guaranteesTable(rows: readonly Guarantees[] = Object.values(drivers)): string {
  const titles = [
    "Driver",
    "Atomic",
    "`list`",
    "`increment`",
    "Shortest life",
    "Largest value",
    "Shared by",
    "Others see a write",
    "Kill or crash leaves",
  ]
  const lines = rows.map((row) => [
    `\`${row.name}\``,
    row.level === "atomic" ? "yes" : "no",
    row.listable ? "yes" : "no",
    row.increments ? "yes" : "no",
    row.minTtl <= 1 ? "any" : `${row.minTtl / 1000} s`,
    row.largestValue,
    row.sharedBy,
    row.seenAfter,
    row.survives,
  ])
  return [titles, titles.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}
