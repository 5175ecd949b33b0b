import { describe, expect, it } from 'vitest';
import { PathTable } from '../../../../src/core/context/pathTable.ts';

function tableOf(paths: readonly string[]): PathTable {
  const table = new PathTable();
  for (const path of paths) table.add(path);
  table.close();
  return table;
}

function find(table: PathTable, wanted: string, accept: (path: string) => boolean = () => true) {
  return table.search({ wanted, most: 5, accept }).map(({ path }) => path);
}

describe('a search among paths', () => {
  it('finds the letters in their order, wherever they stand, whatever their case', () => {
    const table = tableOf(['src/vscode/sessionHost.ts', 'docs/guide.md', 'README.md']);
    expect(find(table, 'sHost')).toEqual(['src/vscode/sessionHost.ts']);
    expect(find(table, 'READ')).toEqual(['README.md']);
    expect(find(table, 'vsc/sess')).toEqual(['src/vscode/sessionHost.ts']);
    expect(find(table, 'tsoh')).toEqual([]);
    expect(find(table, 'guides')).toEqual([]);
  });

  it('has the name itself first, then the beginning of words, then shorter paths', () => {
    const table = tableOf(['src/mainWindow/x.ts', 'src/domain.ts', 'src/a/main.ts', 'lib/theMain.ts']);
    expect(find(table, 'main')).toEqual([
      'src/a/main.ts',
      'src/mainWindow',
      'lib/theMain.ts',
      'src/domain.ts',
      'src/mainWindow/x.ts',
    ]);
    expect(find(tableOf(['a/tarp.ts', 'a/trailPanel.ts']), 'tp')).toEqual(['a/trailPanel.ts', 'a/tarp.ts']);
  });

  it('has each folder on the way once', () => {
    const found = tableOf(['a/b/c.ts', 'a/b/d.ts', 'e.ts']).search({
      wanted: '',
      most: 9,
      accept: () => true,
    });
    expect(found).toEqual([
      { path: 'a', isFolder: true },
      { path: 'a/b', isFolder: true },
      { path: 'e.ts', isFolder: false },
      { path: 'a/b/c.ts', isFolder: false },
      { path: 'a/b/d.ts', isFolder: false },
    ]);
  });

  it('folds the case of other letters than English ones, too', () => {
    const table = tableOf(['docs/Überblick.md', 'docs/概要.md', 'docs/ubung.md']);
    expect(find(table, 'ÜBER')).toEqual(['docs/Überblick.md']);
    expect(find(table, 'über')).toEqual(['docs/Überblick.md']);
    expect(find(table, '概')).toEqual(['docs/概要.md']);
    expect(find(table, 'docs/ub')).toEqual(['docs/ubung.md']);
  });

  it('goes on to the next where one may not be shown', () => {
    const table = tableOf(
      Array.from({ length: 100 }, (_, index) => `file${String(index).padStart(2, '0')}.ts`),
    );
    expect(find(table, 'file', (path) => path > 'file20.ts')).toEqual([
      'file21.ts',
      'file22.ts',
      'file23.ts',
      'file24.ts',
      'file25.ts',
    ]);
  });

  it('agrees with a search that looks at each path by itself', () => {
    const paths = Array.from(
      { length: 3000 },
      (_, index) => `src/dir${index % 37}/part${index % 11}/File${index}.ts`,
    );
    const table = tableOf(paths);
    for (const wanted of ['file29', 'dir3/part', 'p1f9', 'ts', '.ts', 'xyz']) {
      const all = table.search({ wanted, most: 4000, accept: () => true }).map(({ path }) => path);
      const letters = new RegExp([...wanted].map((letter) => letter.replace('.', '\\.')).join('.*'), 'i');
      expect(new Set(all.filter((path) => path.endsWith('.ts')))).toEqual(
        new Set(paths.filter((path) => letters.test(path))),
      );
      expect(table.search({ wanted, most: 15, accept: () => true }).map(({ path }) => path)).toEqual(
        all.slice(0, 15),
      );
    }
  });
});
