// What the manifest says to people has to be there, in each language, and what it names has to exist.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const texts = z.record(z.string(), z.string());
const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const english = texts.parse(read('package.nls.json'));
const chinese = texts.parse(read('package.nls.zh-cn.json'));

const setting = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]),
  scope: z.enum(['application', 'machine', 'window', 'resource']),
  order: z.number(),
  markdownDescription: z.string(),
  enum: z.array(z.string()).optional(),
  enumItemLabels: z.array(z.string()).optional(),
  enumDescriptions: z.array(z.string()).optional(),
});
const step = z.looseObject({
  id: z.string(),
  description: z.string(),
  media: z.object({
    image: z.record(z.enum(['dark', 'light', 'hc', 'hcLight']), z.string()),
    altText: z.string(),
  }),
  completionEvents: z.array(z.string()).min(1),
});
const manifest = z
  .looseObject({
    contributes: z.looseObject({
      commands: z.array(z.looseObject({ command: z.string(), title: z.string() })),
      views: z.record(z.string(), z.array(z.looseObject({ id: z.string() }))),
      viewsWelcome: z.array(z.looseObject({ contents: z.string() })),
      configuration: z.looseObject({ properties: z.record(z.string(), setting) }),
      walkthroughs: z.array(z.looseObject({ title: z.string(), steps: z.array(step) })),
    }),
  })
  .parse(read('package.json'));
const { commands, views, viewsWelcome, configuration, walkthroughs } = manifest.contributes;
const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);

/** What VS Code makes for each view. */
const viewCommands = Object.values(views)
  .flat()
  .map(({ id }) => `${id}.focus`);
const known = new Set([...commands.map(({ command }) => command), ...viewCommands]);

/** The name of a text; undefined: it is written out. */
const nameOf = (value: string): string | undefined => /^%(.+)%$/.exec(value)?.[1];
const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/\(command:([\w.]+)\)/g)].map(([, name = '']) => name);
/** What must be the same in each language: code, links, places for values. */
const fixedIn = (text: string): readonly string[] =>
  (text.match(/`[^`]+`|\(command:[^)]+\)|\{\d+\}|https?:\/\/\w*/g) ?? []).toSorted();

describe('the texts of the manifest', () => {
  const used = [...JSON.stringify(manifest).matchAll(/"%([^"]+)%"/g)].map(([, name = '']) => name);

  it('are all there, and all used, in each language', () => {
    expect(Object.keys(english).toSorted()).toEqual([...new Set(used)].toSorted());
    expect(Object.keys(chinese)).toEqual(Object.keys(english));
  });

  it('are written out nowhere else', () => {
    const said = [
      ...commands.map(({ title }) => title),
      ...viewsWelcome.map(({ contents }) => contents),
      ...walkthroughs.map(({ title }) => title),
      ...steps.flatMap(({ description, media }) => [description, media.altText]),
      ...Object.values(configuration.properties).flatMap((each) => [
        each.markdownDescription,
        ...(each.enumItemLabels ?? []),
        ...(each.enumDescriptions ?? []),
      ]),
    ];
    expect(said.filter((text) => nameOf(text) === undefined)).toEqual([]);
  });

  it.each(Object.keys(english))('%s says the same in Chinese', (name) => {
    const [here = '', there = ''] = [english[name], chinese[name]];
    expect(fixedIn(there)).toEqual(fixedIn(here));
    expect(there).toMatch(name.endsWith('.label') ? /./ : /\p{Script=Han}/u);
  });
});

describe('the settings', () => {
  it.each(Object.entries(configuration.properties))(
    '%s says what each of its values does',
    (_name, found) => {
      const { enum: values = [], enumItemLabels: labels, enumDescriptions: descriptions = [] } = found;
      expect(descriptions).toHaveLength(values.length);
      expect(labels?.length ?? values.length).toBe(values.length);
      expect(new Set(descriptions).size).toBe(descriptions.length);
    },
  );

  it('each have a place of their own', () => {
    const orders = Object.values(configuration.properties).map(({ order }) => order);
    expect(orders.toSorted((left, right) => left - right)).toEqual(orders.map((_, index) => index + 1));
  });
});

it('every command that a text names exists', () => {
  const named = [...Object.values(english), ...Object.values(chinese)].flatMap(commandsIn);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

describe('the walkthrough', () => {
  it.each(steps.map((each) => [each.id, each] as const))('has pictures and a way on: %s', (_id, found) => {
    expect(Object.values(found.media.image).filter((path) => !existsSync(path))).toEqual([]);
    expect(commandsIn(english[nameOf(found.description) ?? ''] ?? '').length).toBeGreaterThan(0);
    const awaited = found.completionEvents.flatMap((event) => event.match(/(?<=^onCommand:).*/) ?? []);
    expect(awaited.filter((name) => !known.has(name))).toEqual([]);
  });
});
