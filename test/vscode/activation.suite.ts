// Starting VS Code with Belay costs next to nothing.

import { strict as assert } from 'node:assert';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { extensions } from 'vscode';
import type { TestFunction } from './suite.ts';

/** Milliseconds for what VS Code loads at start. The best of several times: others use this machine, too. */
const LOAD_LIMIT = 50;
const LOADS = 5;
/** Bytes. */
const SIZE_LIMIT = 100 * 1024;

export default function activationSuite(test: TestFunction): void {
  test('what VS Code loads at start is small and quick', async () => {
    const { entry } = await activate();
    const milliseconds = Math.min(...Array.from({ length: LOADS }, () => measureLoad(entry)));
    const { size } = await stat(entry);
    console.log(`extension.js: ${(size / 1024).toFixed(1)} KB, loaded in ${milliseconds.toFixed(1)} ms`);
    assert.ok(milliseconds <= LOAD_LIMIT, `${milliseconds} ms`);
    assert.ok(size <= SIZE_LIMIT, `${size} bytes`);
  });

  test('nothing heavy is loaded before it is needed', async () => {
    const { entry, folder } = await activate();
    const loaded = Object.keys(require.cache).filter((file) => file.startsWith(folder));
    assert.deepEqual(loaded, [entry]);
  });
}

async function activate(): Promise<{ readonly entry: string; readonly folder: string }> {
  const extension = extensions.getExtension('belay.belay');
  assert.ok(extension, 'the extension is there');
  await extension.activate();
  const folder = join(extension.extensionPath, 'dist');
  return { entry: join(folder, 'extension.js'), folder };
}

/** Loads the file once more, without what it registers: that happens in its `activate`. */
function measureLoad(entry: string): number {
  const loaded = require.cache[entry];
  delete require.cache[entry];
  try {
    const started = performance.now();
    require(entry);
    return performance.now() - started;
  } finally {
    if (loaded !== undefined) require.cache[entry] = loaded;
  }
}
