import { describe, expect, it } from 'vitest';
import { readHooks } from '../../../../src/core/settings/readHooks.ts';
import { parseSettings, type SettingsLayer } from '../../../../src/core/settings/settingsFile.ts';

const command = { type: 'command', command: 'true' };

function layer(hooks: unknown, name: SettingsLayer['layer'] = 'user'): SettingsLayer {
  const file = `/${name}.json`;
  const text = JSON.stringify({ permissions: { deny: ['Bash'] }, hooks });
  return { layer: name, content: parseSettings(text, file), source: { file, text } };
}

const read = (hooks: unknown, name?: SettingsLayer['layer']) => readHooks([layer(hooks, name)], {});

describe('an entry of hooks that can not be used', () => {
  it.each([
    [
      'an unknown type',
      { type: 'agent', prompt: 'x' },
      'its type "agent" is not one of command, prompt, http',
    ],
    ['no type', { command: 'true' }, 'it has no type'],
    ['what is no object', 'true', 'it has no type'],
    ['a field of the wrong kind', { type: 'command', command: 1 }, 'command: '],
    ['a missing field', { type: 'prompt' }, 'prompt: '],
    ['an address that is none', { type: 'http', url: 'file:///etc/passwd' }, 'url: '],
  ])('%s is left out and named, and its neighbours count', (_, entry, problem) => {
    const { hooks, problems } = read({ PreToolUse: [{ matcher: 'Bash', hooks: [entry, command] }] });
    expect(hooks).toEqual({ PreToolUse: [{ matcher: 'Bash', hooks: [command], isOfProject: false }] });
    expect(problems).toEqual([expect.stringContaining('A PreToolUse hook in /user.json is left out: ')]);
    expect(problems[0]).toContain(problem);
  });

  it.each([
    ['a list of nothing that is one', { Stop: command }, 'A Stop hook in /user.json'],
    ['a matcher that is none', { Stop: [{ matcher: 1, hooks: [command] }] }, 'matcher: '],
    ['a matcher without hooks', { Stop: [{ matcher: '*' }] }, 'hooks: '],
    ['hooks that are no object', [command], 'The hooks in /user.json are left out'],
    [
      'a question where nothing can be blocked',
      { SessionStart: [{ hooks: [{ type: 'prompt', prompt: 'x' }] }] },
      'only where',
    ],
  ])('%s is left out and named', (_, hooks, problem) => {
    const found = read(hooks);
    expect(found.hooks).toEqual({});
    expect(found.problems).toEqual([expect.stringContaining(problem)]);
  });

  it('leaves the rules of its file as they are', () => {
    expect(layer({ PreToolUse: [{ hooks: [{ type: 'agent' }] }] }).content.permissions?.deny).toEqual([
      'Bash',
    ]);
  });
});

describe('hooks of settings files', () => {
  it('of all layers are put together, and those of a project are marked', () => {
    const group = [{ hooks: [command] }];
    const { hooks, problems } = readHooks(
      [layer({ Stop: group }), layer({ Stop: group }, 'project'), layer({ Stop: group }, 'local')],
      {},
    );
    expect(hooks.Stop?.map(({ isOfProject }) => isOfProject)).toEqual([false, true, true]);
    expect(problems).toEqual([]);
  });

  it('are none where one layer switches them off', () => {
    const off: SettingsLayer = { layer: 'local', content: { disableAllHooks: true } };
    expect(readHooks([layer({ Stop: [{ hooks: [{ type: 'agent' }] }] }), off], {})).toEqual({
      hooks: {},
      problems: [],
    });
  });

  it('can not name what every object has', () => {
    expect(Object.keys(read({ constructor: [{ hooks: [command] }] }).hooks)).toEqual(['constructor']);
  });
});

describe('the headers of an http hook', () => {
  const environment = { TEAM_KEY: 'k1', OTHER: 'o', ANTHROPIC_API_KEY: 'secret' };
  const headers = {
    authorization: 'Bearer $TEAM_KEY',
    x: `\${TEAM_KEY}-$OTHER-$MISSING`,
    y: '$ANTHROPIC_API_KEY',
  };
  const hook = {
    type: 'http',
    url: 'https://a.b/',
    headers,
    allowedEnvVars: ['TEAM_KEY', 'MISSING', 'ANTHROPIC_API_KEY'],
  };
  const headersOf = (name: SettingsLayer['layer']) => {
    const { hooks } = readHooks([layer({ Stop: [{ hooks: [hook] }] }, name)], environment);
    const found = hooks.Stop?.[0]?.hooks[0];
    return found?.type === 'http' ? found.headers : undefined;
  };

  it('hold the variables that are listed, and of others nothing', () => {
    expect(headersOf('user')).toEqual({ authorization: 'Bearer k1', x: 'k1--', y: 'secret' });
  });

  it('of a project never hold a key of the model', () => {
    expect(headersOf('project')).toEqual({ authorization: 'Bearer k1', x: 'k1--', y: '' });
  });
});
