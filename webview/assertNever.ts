/** Ends a switch over a tagged union: a case that is missing does not compile. What arrives here at run time is ignored. */
export function assertNever(_value: never): void {}
