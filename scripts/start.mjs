// `npm start`: Belay as people get it, in a real VS Code on a small project to try it on.
//
//   --folder PATH   open this folder instead of the sample project
//   --port N        where the server listens (without a desktop VS Code); a free port without it
//   --keep          go on with the sample project and the profile of the last start
//   --server        use the server even where a desktop VS Code is installed

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageExtension } from './packageExtension.mjs';
import { root } from './run.mjs';
import { findDesktop, startDesktop } from './vscode/desktop.mts';
import { openInBrowser } from './vscode/openInBrowser.mts';
import { createSampleProject } from './vscode/sample.mts';
import { installExtension, startServer } from './vscode/server.mts';
import { quietSettings, trustedSettings } from './vscode/settings.mts';

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    port: { type: 'string', default: '0' },
    keep: { type: 'boolean', default: false },
    server: { type: 'boolean', default: false },
  },
});

const vsix = join(root, 'build', 'belay.vsix');
await packageExtension(vsix);

const home = values.keep ? join(root, 'build', 'start') : await mkdtemp(join(tmpdir(), 'belay-start-'));
const folder = values.folder === undefined ? await sampleFolder() : resolve(values.folder);
const desktop = values.server ? undefined : await findDesktop();
if (desktop === undefined) await serve();
else await startDesktop({ command: desktop, vsix, folder, home });

async function sampleFolder() {
  const sample = join(home, 'trail-notes');
  return createSampleProject(sample, { keep: values.keep });
}

async function serve() {
  const extensionsDir = join(home, 'extensions');
  await installExtension(vsix, extensionsDir);
  const server = await startServer({
    dataDir: join(home, 'profile'),
    extensionsDir,
    port: Number(values.port),
    // Our own sample is trusted; a folder of yours asks as it would anywhere.
    settings: values.folder === undefined ? { ...quietSettings, ...trustedSettings } : quietSettings,
  });
  const address = server.folderUrl(folder);
  process.stdout.write(`\nBelay is running in VS Code at\n\n    ${address}\n\nCtrl+C stops it.\n`);
  openInBrowser(address);
  await untilInterrupted();
  await server.stop();
  if (!values.keep) await rm(home, { recursive: true, force: true, maxRetries: 5 });
  process.stdout.write('Stopped.\n');
}

/** @returns {Promise<void>} */
function untilInterrupted() {
  return new Promise((done) => {
    // Not `once`: a second Ctrl+C must not end us before the server has ended.
    process.on('SIGINT', () => done());
    process.on('SIGTERM', () => done());
  });
}
