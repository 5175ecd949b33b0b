/**
 * A process that swaps folders and files for symbolic links, and back, as fast as it can. Arguments: for each, its path and
 * where the link leads. Ends when its standard input does, with everything in its place, and says how often it has swapped.
 */
import { renameSync, rmSync, symlinkSync } from 'node:fs';

/** Longest time that something stays as it is: enough to fall into every gap of what is attacked. Milliseconds. */
const longestStay = 0.5;
const swapsAtOnce = 200;
const nobody = new Int32Array(new SharedArrayBuffer(4));

const names = process.argv.slice(2);
const swaps = [];
for (let at = 0; at < names.length; at += 2) {
  swaps.push({ path: names[at], outside: names[at + 1], aside: `${names[at]}.aside` });
}
let count = 0;
let isOver = false;
process.stdin.on('end', () => {
  isOver = true;
});
process.stdin.resume();
process.stdout.write('swapping\n');
run();

function run() {
  if (isOver) {
    process.stdout.write(`${count}\n`);
    return;
  }
  for (let at = 0; at < swapsAtOnce; at += 1) swap(swaps[Math.floor(Math.random() * swaps.length)]);
  setImmediate(run);
}

function swap({ path, outside, aside }) {
  renameSync(path, aside);
  insist(path, () => symlinkSync(outside, path));
  stay();
  insist(path, () => {
    rmSync(path, { recursive: true, force: true });
    renameSync(aside, path);
  });
  stay();
  count += 1;
}

/** What is attacked may put something in the place that is free for a moment, and go on doing so while it is cleared. */
function insist(path, act) {
  for (;;) {
    try {
      act();
      return;
    } catch (error) {
      if (!['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EISDIR'].includes(error.code)) throw error;
    }
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'ENOTEMPTY') throw error;
    }
  }
}

/** Asleep, not busy: what is attacked needs a processor as well. */
function stay() {
  Atomics.wait(nobody, 0, 0, Math.random() ** 3 * longestStay);
}
