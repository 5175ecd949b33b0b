/** What a process says, and which processes are there. */
import { readdirSync, readFileSync } from 'node:fs';
import type { RunningProcess } from '../../../src/core/ports.ts';

/** All it prints, to its end. */
export async function textOf(running: RunningProcess): Promise<string> {
  let text = '';
  for await (const chunk of running.output) text += chunk.text;
  return text;
}

/** Pids of living processes that have the text in their command line. */
export function processesNamed(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        if (readFileSync(`/proc/${name}/stat`, 'latin1').split(') ')[1]?.startsWith('Z')) return false;
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

let counter = 0;
/** A duration for `sleep` by which the process can be found again. */
export function uniqueSeconds(): string {
  counter += 1;
  return `${1000 + counter}.${process.pid}`;
}
