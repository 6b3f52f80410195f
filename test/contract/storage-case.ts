export type { StorageCase, StorageSubject } from "../../src/testing/contract/storage-case.ts"
