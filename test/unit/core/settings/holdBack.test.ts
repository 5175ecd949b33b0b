import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdBackServers, holdBackSettings } from '../../../../src/core/settings/holdBack.ts';
import type { SettingsFile } from '../../../../src/core/settings/settingsFile.ts';

const texts = fc.option(fc.uniqueArray(fc.constantFrom('A', 'B', 'C')), { nil: undefined });
const settings: fc.Arbitrary<SettingsFile> = fc.record({
  permissions: fc.option(fc.record({ allow: texts, deny: texts, ask: texts, additionalDirectories: texts }), {
    nil: undefined,
  }),
  hooks: fc.constantFrom(undefined, { Stop: [1] }, { Stop: [2] }),
  env: fc.constantFrom(undefined, { A: '1' }, { A: '2' }),
  disableAllHooks: fc.constantFrom(undefined, true, false),
});
const listed = (of: SettingsFile, name: 'allow' | 'deny' | 'ask' | 'additionalDirectories') =>
  of.permissions?.[name] ?? [];

test('nothing comes into force that was not approved, and nothing that forbids is lost', async () => {
  const property = fc.asyncProperty(settings, settings, async (now, approved) => {
    const { inForce, waiting } = await holdBackSettings(now, approved);
    for (const name of ['allow', 'additionalDirectories'] as const) {
      const both = listed(now, name).filter((each) => listed(approved, name).includes(each));
      expect(listed(inForce, name).toSorted()).toEqual(both.toSorted());
    }
    for (const name of ['deny', 'ask'] as const) {
      const either = new Set([...listed(now, name), ...listed(approved, name)]);
      expect(listed(inForce, name).toSorted()).toEqual([...either].toSorted());
    }
    for (const name of ['hooks', 'env', 'disableAllHooks'] as const)
      expect(inForce[name]).toEqual(approved[name]);
    // What is in force is never wider than what was approved: held against it once more, nothing waits.
    expect((await holdBackSettings(inForce, approved)).waiting).toEqual([]);
    expect(waiting.length === 0).toBe(inForce === now);
  });
  await fc.assert(property, { numRuns: 2000 });
});

test('a file that is only written otherwise is the same', async () => {
  const approved = { hooks: { Stop: [{ a: 1, b: 2 }] }, env: { A: '1', B: '2' } };
  const now = { env: { B: '2', A: '1' }, hooks: { Stop: [{ b: 2, a: 1 }] } };
  expect((await holdBackSettings(now, approved)).waiting).toEqual([]);
});

test('servers that are new or other wait, one that is gone does not', async () => {
  const file = (mcpServers: object): string => JSON.stringify({ mcpServers });
  const approved = file({ a: { command: 'a' }, b: { command: 'b' } });
  expect(await holdBackServers(file({ a: { command: 'a' } }), approved)).toEqual({
    inForce: file({ a: { command: 'a' } }),
    waiting: [],
  });
  expect(await holdBackServers(file({ a: { command: 'x' }, c: {} }), approved)).toEqual({
    inForce: approved,
    waiting: ['the server a', 'the server c'],
  });
});
