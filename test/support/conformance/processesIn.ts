/** What runs in a folder: how a test sees what a session leaves behind. */
import { readdir, readFile, readlink } from 'node:fs/promises';

/** Command lines of the processes whose working directory is the folder, in no order. */
export async function findProcesses(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      return cwd === folder ? readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : '';
    }),
  );
  return found.filter((line) => line !== '').map((line) => line.replaceAll('\0', ' '));
}
