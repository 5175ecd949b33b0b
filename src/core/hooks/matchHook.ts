/** Which hooks an event concerns. A matcher is a name, names (`Edit|Write`) or a regular expression; `*` or none is all. */

/** Former names of tools, as matchers still spell them (`LEGACY_TOOL_NAME_ALIASES` of the Agent SDK). */
const FORMER_NAMES: Readonly<Record<string, readonly string[]>> = {
  Agent: ['Task'],
  TaskStop: ['KillShell', 'KillBash'],
};
const PLAIN_NAMES = /^[\w|\- ]+$/;

/** `subject` undefined: the event knows no matchers, and all its hooks are run. A broken expression matches nothing. */
export function matchesHook(matcher: string | null | undefined, subject: string | undefined): boolean {
  if (subject === undefined || !matcher || matcher === '*') return true;
  const spellings = [subject, ...(Object.hasOwn(FORMER_NAMES, subject) ? (FORMER_NAMES[subject] ?? []) : [])];
  if (PLAIN_NAMES.test(matcher)) {
    const names = matcher.split('|').map((name) => name.trim());
    return spellings.some((spelling) => names.includes(spelling));
  }
  const expression = toExpression(matcher);
  return expression instanceof RegExp && spellings.some((spelling) => expression.test(spelling));
}

/** What of a configuration can't be used, in words for a person. */
export function unusableMatchers(
  table: Readonly<Record<string, readonly { readonly matcher?: string | null | undefined }[]>>,
): readonly string[] {
  return Object.entries(table).flatMap(([event, entries]) =>
    entries.flatMap(({ matcher }) => {
      const expression = !matcher || matcher === '*' ? undefined : toExpression(matcher);
      return typeof expression === 'string'
        ? [`A ${event} hook is never run, because its matcher can't be read: ${expression}`]
        : [];
    }),
  );
}

/** A string says why it isn't one. */
function toExpression(matcher: string): RegExp | string {
  try {
    return new RegExp(matcher);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
