/** Files in the folder that VS Code has open. */
import { strict as assert } from 'node:assert';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspace } from 'vscode';

export function folder(): string {
  const [root] = workspace.workspaceFolders ?? [];
  assert.ok(root, 'a folder is open');
  return root.uri.fsPath;
}

/** Resolves to its path. */
export async function newFile(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder(), name);
  await writeFile(path, content);
  return path;
}
