import type * as Sdk from '@anthropic-ai/claude-agent-sdk/sdk-tools';
import { describe, expect, it } from 'vitest';
import { createBuiltinTools } from '../../../../src/core/tools/builtinTools.ts';
import type { AnyTool } from '../../../../src/core/tools/tool.ts';
import { toApiTool } from '../../../../src/core/tools/toolSchema.ts';

const workspace = { cwd: '/w', roots: ['/w', '/lib'], home: '/home/u', platform: 'linux' } as const;
const tools = createBuiltinTools({ workspace, shellName: 'bash' });

function find(name: string): AnyTool {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return tool;
}

describe('the built-in tools', () => {
  it('have names the API takes, each once, and tell a person and the model what they are', () => {
    const names = tools.map((tool) => tool.name);
    expect(names).toEqual([
      'Read',
      'Edit',
      'Write',
      'NotebookEdit',
      'Glob',
      'Grep',
      'Bash',
      'TaskStop',
      'WebFetch',
      'TodoWrite',
      'AskUserQuestion',
      'ExitPlanMode',
    ]);
    for (const tool of tools) {
      expect(tool.name).toMatch(/^[a-zA-Z0-9_-]{1,128}$/);
      expect(tool.description).toMatch(/^[A-Z].*\.$/);
      expect(tool.prompt.length).toBeGreaterThan(50);
    }
  });

  it('have a title while their input is not there yet', () => {
    for (const tool of tools) expect(tool.title({})).not.toBe('');
    const titles = [
      find('Read').title({ file_path: '/w/src/app.ts' }),
      find('Read').title({ file_path: '/lib/a.ts' }),
      find('Write').title({ file_path: '/home/u/x' }),
      find('Edit').title({ file_path: '/etc/hosts' }),
      find('Bash').title({ command: 'npm test' }),
    ];
    expect(titles).toEqual([
      'Read src/app.ts',
      'Read lib/a.ts',
      'Write ~/x',
      'Edit /etc/hosts',
      'Run npm test',
    ]);
  });

  it('never answer half of a character, which the API would refuse', () => {
    const content = find('Read').toResultContent({
      type: 'text',
      file: { filePath: '/x', content: 'a\ud83d', numLines: 1, startLine: 1, totalLines: 1 },
      notes: [],
    });
    expect(content).toBe('     1\ta\ufffd');
  });

  it('give the model plain schemas, the same bytes each time', () => {
    const once = JSON.stringify(tools.map(toApiTool));
    expect(JSON.stringify(createBuiltinTools({ workspace, shellName: 'bash' }).map(toApiTool))).toBe(once);
    expect(once).not.toContain('$schema');
    expect(once).not.toContain('$ref');
    for (const tool of tools) {
      const { input_schema } = toApiTool(tool);
      expect(input_schema).toMatchObject({ type: 'object', properties: expect.any(Object) });
    }
    expect(toApiTool(find('Edit'))).toMatchObject({
      name: 'Edit',
      description: find('Edit').prompt,
      input_schema: { required: ['file_path', 'old_string', 'new_string'] },
    });
  });

  it('refuse input of wrong types, and take nothing from odd names', () => {
    expect(find('Bash').inputSchema.safeParse({ command: 1 }).success).toBe(false);
    expect(find('Read').inputSchema.safeParse({}).success).toBe(false);
    const odd: unknown = JSON.parse('{"command": "ls", "__proto__": {"timeout": 1}, "constructor": 1}');
    expect(find('Bash').inputSchema.parse(odd)).toEqual({ command: 'ls' });
  });
});

describe('input as the Agent SDK has it', () => {
  const samples: { [name: string]: readonly unknown[] } = {
    Read: [
      { file_path: '/x', offset: 1, limit: 2, pages: '1', allow_large: true } satisfies Sdk.FileReadInput,
    ],
    Edit: [
      { file_path: '/x', old_string: 'a', new_string: 'b', replace_all: true } satisfies Sdk.FileEditInput,
    ],
    Write: [{ file_path: '/x', content: 'a' } satisfies Sdk.FileWriteInput],
    NotebookEdit: [
      {
        notebook_path: '/x',
        cell_id: 'a',
        new_source: 'b',
        cell_type: 'code',
        edit_mode: 'insert',
      } satisfies Sdk.NotebookEditInput,
    ],
    Glob: [{ pattern: '*', path: '/x' } satisfies Sdk.GlobInput],
    Grep: [
      {
        pattern: 'a',
        path: '/x',
        glob: '*',
        output_mode: 'content',
        '-A': 1,
        '-B': 1,
        '-C': 1,
        context: 1,
        '-n': true,
        '-i': true,
        '-o': true,
        type: 'js',
        head_limit: 0,
        offset: 0,
        multiline: true,
      } satisfies Sdk.GrepInput,
    ],
    Bash: [
      {
        command: 'ls',
        timeout: 7_200_000,
        description: 'a',
        run_in_background: true,
      } satisfies Sdk.BashInput,
    ],
    TaskStop: [{ task_id: 'a' } satisfies Sdk.TaskStopInput, { shell_id: 'a' } satisfies Sdk.TaskStopInput],
    WebFetch: [{ url: 'https://a', prompt: 'b', offset: 1 } satisfies Sdk.WebFetchInput],
    TodoWrite: [
      { todos: [{ content: 'a', status: 'pending', activeForm: 'b' }] } satisfies Sdk.TodoWriteInput,
    ],
    AskUserQuestion: [
      {
        questions: [
          {
            question: 'a',
            header: 'b',
            options: [
              { label: 'c', description: 'd', preview: 'e' },
              { label: 'f', description: 'g' },
            ],
            multiSelect: false,
          },
        ],
        answers: { a: 'c' },
        annotations: { a: { notes: 'n' } },
        metadata: { source: 's' },
      } satisfies Sdk.AskUserQuestionInput,
    ],
  };

  it.each(Object.entries(samples))('is taken by %s as it is', (name, inputs) => {
    for (const input of inputs) expect(find(name).inputSchema.parse(input)).toEqual(input);
  });
});
