// Lines that go into memory files, through the documents of the editor.

import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Position, Uri, WorkspaceEdit, workspace } from 'vscode';
import { writeMemory } from '../../src/vscode/memory/addMemory.ts';
import type { TestFunction } from './suite.ts';
import { folder, newFile } from './workspaceFiles.ts';

export default function memorySuite(test: TestFunction): void {
  test('a memory goes behind what stands in the file, and into one that is not there', async () => {
    const path = await newFile('memory.md', '# Rules\n\n- Use tabs');
    assert.equal(await writeMemory('# Sort imports', { path }), undefined);
    assert.equal(await readFile(path, 'utf8'), '# Rules\n\n- Use tabs\n- Sort imports\n');
    const made = join(folder(), 'made', 'memory.md');
    assert.equal(await writeMemory('# Sort imports', { path: made }), undefined);
    assert.equal(await readFile(made, 'utf8'), '- Sort imports\n');
  });

  test('what somebody has typed into a memory file and not saved is kept, and not saved for them', async () => {
    const path = await newFile('open.md', 'one\n');
    const document = await workspace.openTextDocument(path);
    const edit = new WorkspaceEdit();
    edit.insert(Uri.file(path), new Position(0, 0), 'mine ');
    await workspace.applyEdit(edit);
    assert.equal(await writeMemory('# two', { path }), undefined);
    assert.deepEqual([document.getText(), document.isDirty], ['mine one\n- two\n', true]);
    assert.equal(await readFile(path, 'utf8'), 'one\n');
    await document.save();
  });

  test('a memory that can not be written says why', async () => {
    await newFile('file', '');
    const problem = await writeMemory('# two', { path: join(folder(), 'file', 'memory.md') });
    assert.match(problem ?? '', /memory\.md could not be written/);
  });
}
