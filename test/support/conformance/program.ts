/** The executable by itself, without the SDK: as a shell, a CI job or a broken client starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { inject } from 'vitest';
import { node } from '../../../scripts/run.mjs';
import type { World } from './sdkSession.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output, a JSON value a line. */
  readonly messages: readonly Message[];
}

export type Message = Readonly<Record<string, unknown>>;

export interface Program {
  readonly child: ChildProcess;
  /** Writes as it is. */
  write(text: string | Uint8Array): void;
  /** Writes a line of JSON. */
  say(message: object): void;
  prompt(text: string): void;
  closeInput(): void;
  /** Resolves with the first message, seen or still to come, that fits. */
  until(fits: (message: Message) => boolean): Promise<Message>;
  readonly ended: Promise<Ended>;
}

export const STREAM = ['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];

export function startProgram(
  world: World,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(node, [inject('belayCommand'), ...args], {
    cwd: world.folder,
    env: { ...world.env, ...env },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const listener of [...listeners]) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A program that ends while it is written to is what some tests are about.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr, messages: toMessages(stdout) });
    });
  });
  const program: Program = {
    child,
    write: (text) => void child.stdin.write(text),
    say: (message) => program.write(`${JSON.stringify(message)}\n`),
    prompt: (text) =>
      program.say({ type: 'user', parent_tool_use_id: null, message: { role: 'user', content: text } }),
    closeInput: () => void child.stdin.end(),
    until: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = toMessages(stdout).find(fits);
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`it did not come:\n${stdout}\n${stderr}`)));
      }),
    ended,
  };
  return program;
}

/** Starts it with its input closed, and waits for its end. */
export function runProgram(
  world: World,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const program = startProgram(world, args, env);
  program.closeInput();
  return program.ended;
}

/** Whole lines only: the last may be under way. */
function toMessages(stdout: string): Message[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Message];
      } catch {
        return [];
      }
    });
}
