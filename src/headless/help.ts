/** The text of `--help`. */
import { FLAGS, type Flag } from './flags.ts';

const HEAD = `Usage: belay -p "prompt" [flags]
       belay --input-format stream-json --output-format stream-json [flags]
       belay permissions test                      what rules would decide about calls; belay permissions --help
       belay checkpoints list|diff|rewind|redo     what a session changed, and back; belay checkpoints --help

A coding agent that asks before it acts, keeps a checkpoint of every change, and works without an editor. With stream-json on
both sides any client of the Claude Agent SDK drives it (pathToClaudeCodeExecutable).

Flags
`;

const TAIL = `
Standard input
  belay -p "prompt" < file    what comes on standard input follows the prompt
  belay -p < file             or is the prompt

Environment
  ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, ANTHROPIC_BASE_URL    who is asked, and with which key
  BELAY_CONFIG_DIR or CLAUDE_CONFIG_DIR                          settings and sessions; default ~/.belay

Exit codes
  0    the turn ended well
  1    the turn failed, or the session could not be begun
  2    the command line can't be understood
  130  stopped with Ctrl+C (the first stops the turn, a second ends Belay)
  143  ended by SIGTERM

Standard output carries nothing but the answer; everything else goes to standard error.
`;

export function buildHelp(): string {
  const rows = Object.entries(FLAGS as Readonly<Record<string, Flag>>).flatMap(([name, flag]) =>
    flag.help === undefined ? [] : [{ left: toLeft(name, flag), help: flag.help }],
  );
  const width = Math.max(...rows.map(({ left }) => left.length));
  return HEAD + rows.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}\n`).join('') + TAIL;
}

function toLeft(name: string, { short, value }: Flag): string {
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`;
}
