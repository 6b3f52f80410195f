/** The longest delay of a timer, in milliseconds: a longer one overflows, and the timer fires at once. */
export const longestTimer = 2_147_483_647
