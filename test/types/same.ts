type Equal<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false

/** Compiles only where the value has just this type, no wider and no narrower: `same<number>()(value)`. */
export declare function same<Expected>(): <Actual>(
  value: Actual,
  ...wrong: Equal<Actual, Expected> extends true ? [] : [{ expected: Expected; actual: Actual }]
) => void
