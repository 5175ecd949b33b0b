/** A prompt that calls a command: `/name arguments`. */
export interface SlashCall {
  readonly name: string;
  readonly args: string;
}

/** undefined: an ordinary prompt. `/usr/bin is slow` is one: a command has no second slash in its name. */
export function parseSlash(text: string): SlashCall | undefined {
  const found = /^\/([\p{L}\p{N}_][\p{L}\p{N}_.:-]*)(?:\s+([\s\S]*))?$/u.exec(text.trim());
  const [, name, args = ''] = found ?? [];
  return name === undefined ? undefined : { name, args: args.trim() };
}

/** As a shell would take them apart: at blanks, but not within quotes. */
export function splitArguments(args: string): readonly string[] {
  return [...args.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '',
  );
}
