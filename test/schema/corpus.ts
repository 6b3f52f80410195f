import type { JsonSchema } from "../../src/schema/schema.ts"

/** One schema with values that pass and values that fail. */
export interface Case {
  readonly title: string
  readonly schema: JsonSchema
  readonly valid: readonly unknown[]
  readonly invalid: readonly unknown[]
}

const node = {
  type: "object",
  properties: { v: { type: "number" }, next: { $ref: "#/$defs/node" } },
  required: ["v"],
}

/** What every validator must agree on, keyword by keyword. */
export const corpus: readonly Case[] = [
  { title: "nothing", schema: {}, valid: [1, null, "", [], {}, true], invalid: [] },
  {
    title: "type string",
    schema: { type: "string" },
    valid: ["", "a"],
    invalid: [1, null, [], {}, true, undefined],
  },
  {
    title: "type number",
    schema: { type: "number" },
    valid: [1, 1.5, -0],
    invalid: ["1", Number.NaN, Number.POSITIVE_INFINITY],
  },
  { title: "type integer", schema: { type: "integer" }, valid: [1, 1.0, 1e20], invalid: [1.5, "1", null] },
  { title: "type null", schema: { type: "null" }, valid: [null], invalid: [0, "", false, undefined, {}] },
  { title: "type boolean", schema: { type: "boolean" }, valid: [true, false], invalid: [0, "true", null] },
  { title: "type array", schema: { type: "array" }, valid: [[], [1]], invalid: [{}, { length: 0 }, null] },
  { title: "type object", schema: { type: "object" }, valid: [{}, { a: 1 }], invalid: [[], null, "x"] },
  { title: "types", schema: { type: ["integer", "null"] }, valid: [1, null], invalid: [1.5, "x", undefined] },
  {
    title: "enum",
    schema: { enum: [1, "a", null, [1], { a: [1] }] },
    valid: [1, "a", null, [1], { a: [1] }],
    invalid: [2, "1", [], [1, 1], { a: [2] }, {}],
  },
  {
    title: "enum of simple values",
    schema: { enum: ["a", 0, false] },
    valid: ["a", 0, -0, false],
    invalid: ["", null, [], {}],
  },
  { title: "empty enum", schema: { enum: [] }, valid: [], invalid: [1, null] },
  {
    title: "const",
    schema: { const: { a: 1, b: 2 } },
    valid: [{ b: 2, a: 1 }],
    invalid: [{ a: 1 }, { a: 1, b: 2, c: 3 }, null],
  },
  { title: "const null", schema: { const: null }, valid: [null], invalid: [undefined, 0, "null"] },
  {
    title: "const against hostile names",
    schema: { const: {} },
    valid: [{}],
    invalid: [{ valueOf: 1 }, { toString: 1 }, { constructor: 1 }],
  },
  { title: "minimum", schema: { minimum: 1.5 }, valid: [1.5, 2, "x"], invalid: [1, -1] },
  { title: "exclusiveMinimum", schema: { exclusiveMinimum: 1 }, valid: [1.1], invalid: [1, 0] },
  { title: "maximum", schema: { maximum: 3 }, valid: [3, -5], invalid: [3.1] },
  { title: "exclusiveMaximum", schema: { exclusiveMaximum: 3 }, valid: [2.9], invalid: [3] },
  {
    title: "multipleOf",
    schema: { multipleOf: 0.1 },
    valid: [0.3, 1.1, 0, -0.7, "x"],
    invalid: [0.35, 0.11],
  },
  {
    title: "multipleOf whole",
    schema: { multipleOf: 3 },
    valid: [0, 9, -3, 9007199254740990],
    invalid: [1, 9007199254740991, 4.5],
  },
  {
    title: "minLength counts code points",
    schema: { minLength: 2 },
    valid: ["ab", "😀a", "😀😀", 1],
    invalid: ["a", "😀", ""],
  },
  {
    title: "maxLength counts code points",
    schema: { maxLength: 2 },
    valid: ["😀😀", "ab", ""],
    invalid: ["abc", "😀😀😀"],
  },
  { title: "pattern is not anchored", schema: { pattern: "b+" }, valid: ["abbc", 1], invalid: ["ac", ""] },
  { title: "pattern is Unicode", schema: { pattern: "^\\p{L}.$" }, valid: ["é😀"], invalid: ["1😀", "é"] },
  { title: "format", schema: { format: "date" }, valid: ["2020-02-29", 1], invalid: ["2021-02-29"] },
  { title: "format that only describes", schema: { format: "idn-email" }, valid: ["nonsense"], invalid: [] },
  {
    title: "required",
    schema: { required: ["a", "b"] },
    valid: [{ a: 1, b: null }, []],
    invalid: [{ a: 1 }, { a: 1, b: undefined }],
  },
  {
    title: "required inherited names",
    schema: { required: ["toString", "constructor"] },
    valid: [{ toString: 1, constructor: 2 }],
    invalid: [{}],
  },
  {
    title: "properties",
    schema: { properties: { a: { type: "number" }, b: false, c: true } },
    valid: [{}, { a: 1, c: 1 }, { x: 1 }, []],
    invalid: [{ a: "1" }, { b: 1 }],
  },
  {
    title: "properties with inherited names",
    schema: { properties: { toString: { type: "number" }, constructor: { type: "number" } } },
    valid: [{}, { toString: 1 }],
    invalid: [{ toString: "x" }],
  },
  {
    title: "additionalProperties false",
    schema: { properties: { a: {} }, additionalProperties: false },
    valid: [{}, { a: 1 }],
    invalid: [{ b: 1 }, JSON.parse('{"__proto__":1}'), { toString: 1 }],
  },
  {
    title: "additionalProperties schema",
    schema: { properties: { a: {} }, additionalProperties: { type: "number" } },
    valid: [{ a: "x", b: 1 }],
    invalid: [{ b: "x" }],
  },
  {
    title: "patternProperties",
    schema: {
      patternProperties: { "^n": { type: "number" }, o$: { minimum: 2 } },
      additionalProperties: false,
    },
    valid: [{ n: 1, no: 2, so: 3 }],
    invalid: [{ n: "x" }, { no: 1 }, { x: 1 }],
  },
  {
    title: "propertyNames",
    schema: { propertyNames: { maxLength: 2 } },
    valid: [{ ab: 1 }, {}],
    invalid: [{ abc: 1 }],
  },
  { title: "propertyNames false", schema: { propertyNames: false }, valid: [{}], invalid: [{ a: 1 }] },
  {
    title: "number of properties",
    schema: { minProperties: 1, maxProperties: 2 },
    valid: [{ a: 1 }, { a: 1, b: 2 }],
    invalid: [{}, { a: 1, b: 2, c: 3 }],
  },
  {
    title: "dependentRequired",
    schema: { dependentRequired: { a: ["b", "c"] } },
    valid: [{}, { b: 1 }, { a: 1, b: 1, c: 1 }],
    invalid: [{ a: 1 }, { a: 1, b: 1 }],
  },
  {
    title: "dependentSchemas",
    schema: { dependentSchemas: { a: { required: ["b"] }, x: false } },
    valid: [{}, { a: 1, b: 1 }],
    invalid: [{ a: 1 }, { x: 1 }],
  },
  {
    title: "items",
    schema: { items: { type: "number" } },
    valid: [[], [1, 2], { 0: "x" }],
    invalid: [[1, "2"]],
  },
  { title: "items false", schema: { items: false }, valid: [[]], invalid: [[1]] },
  {
    title: "prefixItems",
    schema: { prefixItems: [{ type: "number" }, { type: "string" }] },
    valid: [[], [1], [1, "a", {}]],
    invalid: [["a"], [1, 2]],
  },
  {
    title: "prefixItems and items",
    schema: { prefixItems: [{ type: "number" }], items: { type: "string" } },
    valid: [[1, "a", "b"]],
    invalid: [
      [1, 2],
      [1, "a", 3],
    ],
  },
  {
    title: "number of items",
    schema: { minItems: 1, maxItems: 2 },
    valid: [[1], [1, 2]],
    invalid: [[], [1, 2, 3]],
  },
  {
    title: "uniqueItems",
    schema: { uniqueItems: true },
    valid: [[], [1, "1", true, [1], { a: 1 }, null, ["1"]], [{ a: 1 }, { a: 2 }]],
    invalid: [
      [1, 1],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      [[1], [1]],
      ["a", "a"],
      [0, -0],
    ],
  },
  { title: "contains", schema: { contains: { minimum: 5 } }, valid: [[1, 5], [9]], invalid: [[], [1, 2]] },
  {
    title: "contains with anything",
    schema: { prefixItems: [{}], contains: {} },
    valid: [[1]],
    invalid: [[]],
  },
  {
    title: "minContains and maxContains",
    schema: { contains: { type: "number" }, minContains: 2, maxContains: 3 },
    valid: [
      [1, 2],
      ["a", 1, 2, 3],
    ],
    invalid: [[1], [1, 2, 3, 4], []],
  },
  {
    title: "minContains 0",
    schema: { contains: { type: "number" }, minContains: 0 },
    valid: [[], ["a"]],
    invalid: [],
  },
  { title: "allOf", schema: { allOf: [{ minimum: 1 }, { maximum: 3 }] }, valid: [1, 2, 3], invalid: [0, 4] },
  {
    title: "anyOf",
    schema: { anyOf: [{ type: "string" }, { minimum: 5 }] },
    valid: ["a", 5, null],
    invalid: [1],
  },
  {
    title: "oneOf",
    schema: { oneOf: [{ type: "integer" }, { minimum: 2 }] },
    valid: [1, 2.5],
    invalid: [3, 1.5],
  },
  { title: "not", schema: { not: { type: "string" } }, valid: [1, null], invalid: ["a"] },
  {
    title: "if then else",
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
    schema: { if: { exclusiveMaximum: 0 }, then: { minimum: -10 }, else: { multipleOf: 2 } },
    valid: [-5, 4],
    invalid: [-11, 3],
  },
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
  { title: "then and else without if", schema: { then: false, else: false }, valid: [1, {}], invalid: [] },
  {
    title: "references",
    schema: { items: { $ref: "#/$defs/n" }, $defs: { n: { type: "number" } } },
    valid: [[1]],
    invalid: [["a"]],
  },
  {
    title: "keywords beside a reference",
    schema: { $ref: "#/$defs/n", minimum: 3, $defs: { n: { type: "number" } } },
    valid: [3],
    invalid: [2, "a"],
  },
  {
    title: "a reference to false",
    schema: { properties: { a: { $ref: "#/$defs/no" } }, $defs: { no: false } },
    valid: [{}],
    invalid: [{ a: 1 }],
  },
  {
    title: "an anchor",
    schema: { items: { $ref: "#n" }, $defs: { x: { $anchor: "n", type: "number" } } },
    valid: [[1]],
    invalid: [["a"]],
  },
  {
    title: "an embedded resource",
    schema: {
      items: { $ref: "n.json" },
      $defs: { x: { $id: "n.json", $ref: "#/$defs/y", $defs: { y: { type: "number" } } } },
    },
    valid: [[1]],
    invalid: [["a"]],
  },
  {
    title: "a dynamic reference",
    schema: { items: { $dynamicRef: "#n" }, $defs: { x: { $dynamicAnchor: "n", type: "number" } } },
    valid: [[1]],
    invalid: [["a"]],
  },
  {
    title: "recursion",
    schema: { $ref: "#/$defs/node", $defs: { node } },
    valid: [{ v: 1 }, { v: 1, next: { v: 2, next: { v: 3 } } }],
    invalid: [{ v: 1, next: { v: 2, next: {} } }],
  },
  {
    title: "recursion through the root",
    schema: { type: "object", properties: { kids: { items: { $ref: "#" } } } },
    valid: [{ kids: [{ kids: [] }] }],
    invalid: [{ kids: [{ kids: [1] }] }],
  },
  {
    title: "unevaluatedProperties",
    schema: { properties: { a: {} }, unevaluatedProperties: false },
    valid: [{ a: 1 }],
    invalid: [{ b: 1 }],
  },
  {
    title: "unevaluatedProperties sees allOf, $ref, if and dependentSchemas",
    schema: {
      allOf: [{ properties: { a: {} } }],
      $ref: "#/$defs/b",
      if: { required: ["c"], properties: { c: {} } },
      dependentSchemas: { c: { properties: { d: {} } } },
      unevaluatedProperties: false,
      $defs: { b: { properties: { b: {} } } },
    },
    valid: [
      { a: 1, b: 1 },
      { c: 1, d: 1 },
    ],
    invalid: [{ d: 1 }, { a: 1, x: 1 }],
  },
  {
    title: "unevaluatedProperties sees only branches that match",
    schema: {
      anyOf: [
        { required: ["a"], properties: { a: {} } },
        { required: ["b"], properties: { b: {} } },
      ],
      unevaluatedProperties: { type: "number" },
    },
    valid: [{ a: "x" }, { a: "x", b: "y" }, { b: "y", a: 1 }],
    invalid: [{ a: "x", c: "y" }],
  },
  {
    title: "unevaluatedProperties does not see not",
    schema: { not: { not: { properties: { a: {} } } }, unevaluatedProperties: false },
    valid: [{}],
    invalid: [{ a: 1 }],
  },
  {
    title: "unevaluatedProperties does not see a nephew",
    schema: { properties: { a: { properties: { b: {} } } }, unevaluatedProperties: false },
    valid: [{ a: { b: 1, c: 1 } }],
    invalid: [{ b: 1 }],
  },
  {
    title: "unevaluatedItems",
    schema: { prefixItems: [{}], unevaluatedItems: { type: "number" } },
    valid: [[], ["a"], ["a", 1]],
    invalid: [["a", "b"]],
  },
  {
    title: "unevaluatedItems sees items and contains",
    schema: {
      anyOf: [{ prefixItems: [{ const: 1 }] }, { items: { type: "string" } }],
      contains: { const: 9 },
      unevaluatedItems: false,
    },
    valid: [[1, 9]],
    invalid: [[1, 2, 9], [1], [9]],
  },
  {
    title: "keywords of other dialects",
    schema: {
      type: "string",
      nullable: true,
      discriminator: { propertyName: "a" },
      $async: true,
      dependencies: { a: ["b"] },
      id: "x",
    },
    valid: ["a"],
    invalid: [null],
  },
  {
    title: "dependencies, which 2020-12 does not have",
    schema: { dependencies: { a: ["b"] } },
    valid: [{ a: 1 }],
    invalid: [],
  },
]
