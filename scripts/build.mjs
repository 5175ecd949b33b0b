// `npm run build`: everything that ships, into dist/. For development with source maps; `--production` minifies;
// `--watch` builds again on every change.

import { build } from './bundle.mjs';

const args = process.argv.slice(2);
try {
  await build({ production: args.includes('--production'), watch: args.includes('--watch') });
} catch (error) {
  // What is wrong in the sources has been printed already.
  const isPrinted = error instanceof Error && 'errors' in error;
  if (!isPrinted) throw error;
  process.exitCode = 1;
}
