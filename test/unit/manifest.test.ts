import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../scripts/run.mjs';

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly keybindings: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> };
  };
}

const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { contributes } = manifest;

test('a project cannot set what redirects the model, widens permissions, or costs money', () => {
  const free = Object.entries(contributes.configuration.properties).filter(
    ([, { scope }]) => scope !== 'machine' && scope !== 'application',
  );
  // Only the choice of model and effort is left to a project, and only to a trusted one.
  expect(free.map(([name]) => name)).toEqual(['belay.model', 'belay.effort']);
});

test('menus and keys name commands that exist', () => {
  const commands = new Set(contributes.commands.map(({ command }) => command));
  const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
  expect(used.map(({ command }) => command).filter((command) => !commands.has(command))).toEqual([]);
});

test('dependencies are pinned', () => {
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test('the API types are those of the oldest VS Code that is supported', () => {
  expect(manifest.engines.vscode).toBe(`^${manifest.devDependencies['@types/vscode']}`);
});
