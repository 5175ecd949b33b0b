// Runs a command in a process group of its own, and ends the whole group when standard input closes. That happens when
// whoever started us asks for it, and also when they are gone, however they ended: no server is ever left behind.
//
//   node guard.mts COMMAND ARGS…

import { type ChildProcess, spawn } from 'node:child_process';

const graceMs = 3_000;

const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error('usage: guard.mts COMMAND ARGS…');
const child = spawn(command, args, {
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: process.platform !== 'win32',
});
child.on('error', () => process.exit(127));
child.on('exit', (code) => {
  // What the command started may outlive it.
  signalGroup(child, 'SIGKILL');
  process.exit(code ?? 0);
});
// Ctrl+C reaches us as well as our parent, who decides what it means.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', endGroup);
process.stdin.on('end', endGroup).on('error', endGroup).resume();

function endGroup(): void {
  signalGroup(child, 'SIGTERM');
  setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
}

function signalGroup(leader: ChildProcess, signal: NodeJS.Signals): void {
  if (leader.pid === undefined) return;
  try {
    if (process.platform === 'win32') leader.kill(signal);
    else process.kill(-leader.pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}
