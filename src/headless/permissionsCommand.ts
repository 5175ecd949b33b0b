/** `belay permissions test`: what a session would decide about calls, without running any. */
import { createLineSplitter, type SplitLine } from '../channel/lineSplitter.ts';
import type { Log } from '../core/ports.ts';
import { EXIT, UsageError } from './exitCodes.ts';
import { decidePermissionCase } from './permissionCase.ts';
import { createStandardErrorLog } from './standardError.ts';
import { writeLine, writeText } from './writeLine.ts';

const HELP = `Usage: belay permissions test < cases.jsonl

Says what would be decided about calls of tools: allowed, asked about, or denied. Nothing is run and nobody is asked. Each
line of standard input is a case, a JSON object; each gets one line on standard output, in the same order.

  {"rules": {"allow": ["Read"], "deny": ["Edit(.env)"]}, "tool": "Edit", "path": ".env"}
  {"decision": "deny", "reasons": ["The rule Edit(.env) (cliArg) forbids it."]}

A case
  rules      {"allow": […], "ask": […], "deny": […]}, written as in settings files
  tool       name of a built-in tool, or mcp__<server>__<tool>; with "command" it may be left out
  path       for Read, Edit, Write, NotebookEdit, Glob and Grep
  command    for Bash
  url        for WebFetch
  input      the tool's whole input, in place of those
  mode       default, acceptEdits, plan, dontAsk or bypassPermissions
  cwd        the working folder, absolute; default: this one
  home       what ~ stands for, absolute; default: the home folder
  settings   whose settings the rules are: user, project, local or policy, which says what a path with a single slash
             in front is under; or more rules, as the content of the user's settings file
  additionalDirectories
             folders that may be worked in beside cwd
  platform   linux, darwin or win32; default: this one

Only what a case says counts: no settings file is read. Links on the disk are followed, unless the case is about paths of
another kind (win32 and the others).

Exit codes
  0    every case was answered
  1    some line was no case: its answer is {"error": "…"}
  2    the command line can't be understood
`;

const USAGE = { help: 'belay permissions --help' };
const MAX_LINE_BYTES = 10 * 1024 * 1024;

/** Resolves with the exit code when standard input has ended and everything is answered. Throws UsageError. */
export async function runPermissions(argv: readonly string[]): Promise<number> {
  const [word, ...more] = argv;
  if (argv.some((each) => each === '--help' || each === '-h')) {
    await writeText(HELP);
    return EXIT.ok;
  }
  if (word === undefined) throw new UsageError('belay permissions wants a word: test.', USAGE);
  if (word !== 'test') throw new UsageError(`There is no "belay permissions ${word}", only test.`, USAGE);
  if (more.length > 0) {
    throw new UsageError(
      `belay permissions test takes nothing but standard input, not "${more.join(' ')}".`,
      USAGE,
    );
  }
  return answerAll(process.stdin);
}

async function answerAll(input: AsyncIterable<Uint8Array>): Promise<number> {
  const log = createStandardErrorLog({ from: 'warn', file: undefined });
  const splitter = createLineSplitter(MAX_LINE_BYTES);
  let code: number = EXIT.ok;
  async function answer(lines: readonly SplitLine[]): Promise<void> {
    for (const line of lines) {
      const answered = await decide(line, log);
      if ('error' in answered) code = EXIT.failed;
      await writeLine(answered);
    }
  }
  for await (const piece of input) await answer(splitter.push(piece));
  await answer(splitter.end());
  return code;
}

async function decide(
  line: SplitLine,
  log: Log,
): Promise<object & ({ readonly decision: string } | { readonly error: string })> {
  if (line.kind === 'too long') return { error: `The line is longer than ${MAX_LINE_BYTES} bytes.` };
  if (line.kind === 'not UTF-8') return { error: 'The line is not UTF-8.' };
  try {
    return await decidePermissionCase(line.text, { log });
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
