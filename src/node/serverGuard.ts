/**
 * Ends a server with this process, however that ends: also by SIGKILL, after which it can do nothing any more. A shell of a
 * megabyte waits at a pipe that nobody else holds; when that ends without a word, it ends the server's group and, where the
 * system shows them in /proc, all that carry the marker. It is there before the server is. Windows has no such thing.
 */
import { spawn } from 'node:child_process';
import type { Platform } from '../core/ports.ts';

export interface ServerGuard {
  /** The server has been started and leads this group. */
  watch(pid: number): void;
  /** The server has ended, or whoever is there ends it. */
  dismiss(): void;
}

/** A second to end by itself, since its input has ended, too; then politely; then not. */
const SCRIPT = `group=
while read -r word; do
  [ "$word" = done ] && exit 0
  group=$word
done
marked() {
  grep -Fla -- "$1" /proc/[0-9]*/environ 2>/dev/null | sed 's|^/proc/||; s|/environ$||'
}
end() {
  [ -n "$group" ] && kill -s "$1" -- "-$group" 2>/dev/null
  for pid in $(marked "$2"); do kill -s "$1" "$pid" 2>/dev/null; done
}
sleep 1
end TERM "$1"
sleep 2
end KILL "$1"`;

/** `marker`: `NAME=value` in the environment of the server and all it starts. */
export function createServerGuard(marker: string, platform: Platform): ServerGuard {
  if (platform === 'win32') return { watch: () => undefined, dismiss: () => undefined };
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'belay-guard', marker], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    // In a group of its own: a signal of the terminal is for others.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without it all is as well, but for an end by SIGKILL.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return {
    watch: (pid) => void guard.stdin.write(`${pid}\n`),
    dismiss: () => void guard.stdin.end('done\n'),
  };
}
