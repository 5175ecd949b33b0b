// Loaded into a process before all else (NODE_OPTIONS=--require): writes down every child process that it starts, a line of
// JSON each, to the file that SPAWNS_TO names. `stack`: who started it.

const { appendFileSync } = require('node:fs');
const { ChildProcess } = require('node:child_process');

const { spawn } = ChildProcess.prototype;
ChildProcess.prototype.spawn = function recordedSpawn(options) {
  const { stack } = new Error('started');
  const line = { file: options.file, args: options.args ?? [], cwd: options.cwd ?? process.cwd(), stack };
  appendFileSync(process.env.SPAWNS_TO, `${JSON.stringify(line)}\n`);
  return spawn.call(this, options);
};
