/** The executable `belay`. What it does is in program.ts, a script of its own, whose compiled code is kept from start to start. */
import { join } from 'node:path';
import { type CachedScript, loadCachedScript } from '../node/codeCache.ts';
import type * as Program from './program.ts';

/** Longer, and V8 may have let go of code that only a start needs. Seconds. */
const FRESH_SECONDS = 60;

/** The wrapper that the bundler puts around it, as around every CommonJS module. */
type Wrapper = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

function runWrapped(script: CachedScript, filename: string): typeof Program {
  const module = { exports: {} };
  (script.run() as Wrapper)(module.exports, require, module, filename, import.meta.dirname);
  return module.exports as typeof Program;
}

const path = join(import.meta.dirname, 'belayProgram.js');
// The hash is put in by the bundler.
const script = loadCachedScript({ path, hash: process.env.BELAY_PROGRAM_HASH, uid: process.getuid?.() });
const { runProgram } = runWrapped(script, path);

void runProgram(process.argv.slice(2), {
  onWarm: () => {
    if (process.uptime() < FRESH_SECONDS) script.keepCode();
  },
})
  // What may still be open by now (a connection kept alive, standard input) must not keep the process.
  .then((code) => process.exit(code));
