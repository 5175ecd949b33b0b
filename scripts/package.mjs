// `npm run package`: build/belay.vsix, ready to install.

import { join } from 'node:path';
import { packageExtension } from './packageExtension.mjs';
import { root } from './run.mjs';

const vsix = join(root, 'build', 'belay.vsix');
const size = await packageExtension(vsix);
process.stdout.write(`build/belay.vsix: ${(size / 1024).toFixed(0)} KB\n`);
