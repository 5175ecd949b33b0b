import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { editSettings } from '../../../../src/core/settings/editSettings.ts';
import { findNode, readJsonNodes, toLine } from '../../../../src/core/settings/jsonNodes.ts';

const path = ['permissions', 'allow'];
const change = (add: readonly string[], remove: readonly string[] = []) => ({ path, add, remove });

test.each([
  ['', '{\n  "permissions": {\n    "allow": [\n      "Read"\n    ]\n  }\n}\n'],
  ['{}', '{\n  "permissions": {\n    "allow": [\n      "Read"\n    ]\n  }\n}'],
  [
    '{\n\t"model": "x"\n}\n',
    '{\n\t"model": "x",\n\t"permissions": {\n\t\t"allow": [\n\t\t\t"Read"\n\t\t]\n\t}\n}\n',
  ],
  ['{ "permissions": { "deny": [] } }', '{ "permissions": { "deny": [],\n  "allow": [\n    "Read"\n  ]\n} }'],
  ['{"permissions":{"allow":["Glob"]}}', '{"permissions":{"allow":["Glob", "Read"]}}'],
  [
    '{\n    "permissions": {\n        "allow": [\n            "Glob"\n        ]\n    },\n    "other":   1\n}\n',
    '{\n    "permissions": {\n        "allow": [\n            "Glob",\n            "Read"\n        ]\n    },\n    "other":   1\n}\n',
  ],
  [
    '{\r\n  "permissions": {\r\n    "allow": []\r\n  }\r\n}\r\n',
    '{\r\n  "permissions": {\r\n    "allow": [\r\n      "Read"\r\n    ]\r\n  }\r\n}\r\n',
  ],
])('a rule is added to %j and the rest stays as it was written', (before, after) => {
  expect(editSettings(before, change(['Read']))).toBe(after);
});

test.each([
  [['Read'], '{ "permissions": { "allow": ["Glob", "Bash(a, b)"] } }'],
  [['Glob'], '{ "permissions": { "allow": ["Read", "Bash(a, b)"] } }'],
  [['Bash(a, b)'], '{ "permissions": { "allow": ["Read", "Glob"] } }'],
  [['Read', 'Bash(a, b)'], '{ "permissions": { "allow": ["Glob"] } }'],
  [['Glob', 'Bash(a, b)'], '{ "permissions": { "allow": ["Read"] } }'],
  [['Read', 'Glob', 'Bash(a, b)'], '{ "permissions": { "allow": [] } }'],
])('the rules %j are taken out', (remove, after) => {
  const text = '{ "permissions": { "allow": ["Read", "Glob", "Bash(a, b)"] } }';
  expect(editSettings(text, change([], remove))).toBe(after);
});

test('what is there already is not written again', () => {
  expect(editSettings('{"permissions":{"allow":["Read"]}}', change(['Read'], ['Edit']))).toBeUndefined();
});

test('something else in the place of the list is told', () => {
  expect(() => editSettings('{"permissions":{"allow":"Read"}}', change(['Read']))).toThrow(
    '"permissions.allow"',
  );
  expect(() => editSettings('{"permissions":[]}', change(['Read']))).toThrow('"permissions"');
});

test('the line of each rule is known', () => {
  const text = '{\n  "permissions": {\n    "allow": ["Read",\n      "Bash(x)"]\n  }\n}';
  const list = findNode(readJsonNodes(text), path);
  expect(list?.items.map(({ node }) => [node.value, toLine(text, node.start)])).toEqual([
    ['Read', 3],
    ['Bash(x)', 4],
  ]);
});

test('whatever the file holds, the change is made and nothing else', () => {
  const names = fc.string().filter((name) => name !== 'permissions' && name !== '__proto__');
  const files = fc.record({
    others: fc.dictionary(names, fc.jsonValue({ maxDepth: 3 })),
    allow: fc.option(fc.uniqueArray(fc.string()), { nil: undefined }),
    indent: fc.constantFrom('', '  ', '\t'),
  });
  void fc.assert(
    fc.property(
      files,
      fc.array(fc.string()),
      fc.array(fc.string()),
      ({ others, allow, indent }, add, remove) => {
        const content = { ...others, ...(allow === undefined ? {} : { permissions: { allow } }) };
        const before = JSON.stringify(content, null, indent);
        const gone = remove.filter((entry) => !add.includes(entry)).concat(allow?.slice(0, 1) ?? []);
        const stays = gone.filter((entry) => !add.includes(entry));
        const after = JSON.parse(editSettings(before, change(add, stays)) ?? before);
        const kept = (allow ?? []).filter((entry) => !stays.includes(entry));
        const wanted = [...new Set([...kept, ...add])];
        const hasList = allow !== undefined || add.length > 0;
        expect(after).toEqual(
          JSON.parse(JSON.stringify({ ...others, ...(hasList ? { permissions: { allow: wanted } } : {}) })),
        );
      },
    ),
  );
});
