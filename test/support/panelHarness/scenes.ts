/** The states a designer looks at, one after the other. */

import type { Page } from 'playwright-core';
import type { SessionInfo } from '../../../src/protocol/panel.ts';
import {
  addInput,
  addText,
  addThinking,
  assistantSays,
  buildState,
  endBlock,
  startBlock,
  startReply,
  stateIs,
  systemSays,
  text,
  thinking,
  toolResult,
  toolRuns,
  toolUse,
  turnEnds,
  usageIs,
  userSays,
} from './conversation.ts';
import type { Answers, ScriptedHost, Snapshot } from './scriptedHost.ts';

export interface Scene {
  readonly snapshot: () => Snapshot;
  readonly answers?: Partial<Answers>;
  /** What happens after the panel is there. */
  readonly play?: (host: ScriptedHost, page: Page) => Promise<void> | void;
}

const view = { draft: '', scroll: null, open: {} };
const snapshotOf =
  (messages: readonly unknown[], state = {}, views = {}): (() => Snapshot) =>
  () => ({
    state: buildState(state),
    view: { ...view, ...views },
    messages: [...messages],
  });

const REPLY = `I'll sort the notes by their date and keep those without one at the end.

## What changes

1. \`src/notes.ts\` gets a **compareNotes** function
2. The list in [src/list.ts:42](src/list.ts:42) uses it
   - newest first
   - *stable* for equal dates

\`\`\`ts
export function compareNotes(left: Note, right: Note): number {
  // Notes without a date come last.
  if (left.date === null) return right.date === null ? 0 : 1;
  return Number(right.date) - Number(left.date);
}
\`\`\`

| Case | Before | After |
|---|:-:|--:|
| dated | by name | by date |
| undated | anywhere | last |

- [x] Read the code
- [ ] Change it

> Nothing is written before you say so. See [the docs](https://example.com/docs) or ![diagram](https://example.com/a.png).`;

/** One of each kind. */
function listedSessions(): SessionInfo[] {
  const infos: readonly Omit<SessionInfo, 'lastModified'>[] = [
    { sessionId: buildState().session_id, summary: 'Sort the trail notes by date', phase: 'done' },
    { sessionId: 's1', summary: 'Add GPX import', phase: 'running', tag: 'gpx' },
    { sessionId: 's2', summary: 'Why does the build fail on Windows and not on Linux?', phase: 'done' },
    { sessionId: 's3', summary: 'Rename Trail to Route', phase: 'failed', tag: 'naming, release, next week' },
    { sessionId: 's4', summary: 'Nightly check of the links', phase: 'running', elsewhere: true },
    {
      sessionId: 's5',
      summary: 'Damaged session 3f0d3f44',
      problem: 'Nothing that is in its file can be read as a conversation.',
    },
  ];
  return infos.map((info, index) => ({
    ...info,
    sessionId: String(info.sessionId),
    summary: String(info.summary),
    lastModified: Date.now() - index * 8_000_000,
  }));
}

const OPENING = [
  userSays('Sort the trail notes by date, newest first. Notes without a date should come last.', 'u1'),
  assistantSays('m1', [
    thinking('The notes are loaded in src/notes.ts. I should look at how they are listed first.'),
    toolUse('t1', 'Read', { file_path: '/home/sam/trail-notes/src/notes.ts' }),
    toolUse('t2', 'Grep', { pattern: 'sortNotes', glob: 'src/**/*.ts' }),
    toolUse('t3', 'Glob', { pattern: '**/*.test.ts' }),
  ]),
  toolResult('t1', '1\texport interface Note {\n2\t  readonly date: Date | null;\n3\t}'),
  toolResult('t2', 'src/list.ts:42: sortNotes(notes)', { tool_use_result: { numFiles: 1 } }),
  toolResult('t3', 'No files found', {}),
];

const EDIT = {
  file_path: '/home/sam/trail-notes/src/notes.ts',
  old_string:
    'export function sortNotes(notes: Note[]): Note[] {\n  return notes.sort((a, b) => a.name.localeCompare(b.name));\n}\n',
  new_string:
    'export function sortNotes(notes: readonly Note[]): Note[] {\n  return [...notes].sort(compareNotes);\n}\n\nfunction compareNotes(a: Note, b: Note): number {\n  return Number(b.date) - Number(a.date);\n}\n',
};

const RENAME = {
  filePath: '/home/sam/trail-notes/src/notes.ts',
  line: 12,
  character: 17,
  newName: 'byDate',
};

const PROBLEMS = {
  added: [
    {
      severity: 'error',
      line: 13,
      column: 23,
      message:
        "Argument of type '(a: Note, b: Note) => number' is not assignable to parameter of type '(a: readonly Note[]) => number'.",
      source: 'ts',
      code: '2345',
    },
    {
      severity: 'warning',
      line: 17,
      column: 10,
      message: "'compareNames' is declared but its value is never read.",
      source: 'ts',
      code: '6133',
    },
  ],
  more: 3,
  gone: 1,
};

const TEST_OUTPUT =
  '\u001b[1m\u001b[32m ✓\u001b[39m\u001b[22m test/notes.test.ts \u001b[2m(4 tests)\u001b[22m 12ms\n \u001b[31m✗\u001b[39m test/list.test.ts \u001b[2m(2 tests | \u001b[31m1 failed\u001b[39m)\u001b[22m\n\n \u001b[41m\u001b[30m FAIL \u001b[39m\u001b[49m lists undated notes last\n   Expected: \u001b[32m["b", "a"]\u001b[39m\n   Received: \u001b[31m["a", "b"]\u001b[39m\n';

const WORKING = [
  ...OPENING,
  assistantSays('m2', [
    text('I found it. The list sorts by name; I will sort by date instead.'),
    toolUse('t4', 'Edit', EDIT),
    toolUse('t5', 'Bash', { command: 'npm test -- --run', description: 'Run the tests' }),
  ]),
  toolResult('t4', 'The file has been updated.'),
  systemSays('belay/checkpoint_created', {
    id: 'c1',
    tool_use_id: 't4',
    user_message_id: 'u1',
    origin: 'tool',
    files: [{ path: EDIT.file_path, change: 'modified', insertions: 5, deletions: 1 }],
  }),
  toolRuns('t5', 'Bash', { output: TEST_OUTPUT, elapsed_time_seconds: 3.4 }),
  toolResult('t5', TEST_OUTPUT, { is_error: true, tool_use_result: { exitCode: 1 } }),
];

const DONE = [...WORKING, assistantSays('m3', [text(REPLY)]), turnEnds('r1'), usageIs(38_000, 0.0421)];

const permission = (host: ScriptedHost, request: Parameters<ScriptedHost['askPermission']>[0]): void => {
  host.send(stateIs('requires_action'));
  void host.askPermission(request).catch(() => {});
};
const elicit = (host: ScriptedHost, request: Parameters<ScriptedHost['elicit']>[0]): void => {
  host.send(stateIs('requires_action'));
  void host.elicit(request).catch(() => {});
};
const rememberNpm = {
  type: 'addRules' as const,
  behavior: 'allow' as const,
  destination: 'localSettings' as const,
  rules: [{ toolName: 'Bash', ruleContent: 'npm test:*' }],
};

const EVERYWHERE = ['session', 'localSettings', 'projectSettings', 'userSettings'] as const;
const allowBash = (...scopes: string[]) => ({
  type: 'addRules' as const,
  behavior: 'allow' as const,
  destination: 'session' as const,
  rules: scopes.map((ruleContent) => ({ toolName: 'Bash', ruleContent })),
});
const COMPOUND = {
  tool_name: 'Bash',
  tool_use_id: 't5',
  input: { command: 'git status --short && npm run build -- --minify | tee build.log' },
  title: 'Run git status --short && npm run build -- --minify | tee build.log',
  decision_reason: 'It runs a command.\nIt changes a file.',
  digest: 'abc',
  command_parts: [
    { text: 'git status --short', behavior: 'allow' as const, reason: 'It only looks.' },
    { text: 'npm run build -- --minify', behavior: 'ask' as const, reason: 'It runs a command.' },
    { text: 'tee build.log', behavior: 'ask' as const, reason: 'It runs a command. It changes a file.' },
  ],
  rule_offers: [
    {
      update: allowBash('npm run build -- --minify', 'tee build.log'),
      also_allows: [],
      destinations: [...EVERYWHERE],
    },
    {
      update: allowBash('npm run build:*', 'tee build.log'),
      also_allows: [
        'npm run build',
        'npm run build anything-else',
        'npm run build -- --minify --any-other-option',
      ],
      destinations: [...EVERYWHERE],
    },
  ],
};

const TRAIL_FORM: Parameters<ScriptedHost['elicit']>[0] = {
  mcp_server_name: 'maps',
  message: 'To look for trails, tell me a little more.\nNothing of it is kept.',
  mode: 'form',
  property_order: ['email', 'length', 'loop', 'level', 'season'],
  requested_schema: {
    type: 'object',
    properties: {
      email: { type: 'string', format: 'email', title: 'Email', description: 'Where the list is sent to' },
      length: { type: 'number', title: 'Length in km', minimum: 1, maximum: 60 },
      loop: { type: 'boolean', title: 'Ends where it began', default: true },
      level: {
        type: 'string',
        title: 'How hard',
        enum: ['1', '2', '3'],
        enumNames: ['Easy', 'Medium', 'Hard'],
        default: '2',
      },
      season: {
        type: 'array',
        title: 'Season',
        items: { type: 'string', enum: ['Spring', 'Summer', 'Autumn'] },
        minItems: 1,
      },
    },
    required: ['email', 'season'],
  },
};

/** A green square of 2 by 2. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGNkaPjPwMDAxAAGAAkZAQTZlVe2AAAAAElFTkSuQmCC',
  'base64',
);

const CAPTURE_OFF = systemSays('belay/capture_changed', {
  root: '/home/sam',
  state: 'off',
  reason: 'It is your home folder.',
});
const CAPTURE_UNKEPT = systemSays('belay/capture_changed', {
  root: '/home/sam/trail-notes',
  state: 'ready',
  files: 3210,
  unkept: ['/home/sam/trail-notes/tiles/alps.mbtiles', '/home/sam/trail-notes/tiles/andes.mbtiles'],
});

export const SCENES: Readonly<Record<string, Scene>> = {
  'first-start': { snapshot: snapshotOf([], { provider: null, title: '' }) },
  empty: { snapshot: snapshotOf([], { title: 'New session' }) },
  'no-workspace': { snapshot: snapshotOf([], { title: 'New session', cwd: null }) },
  offline: { snapshot: snapshotOf(DONE, { provider: 'offline', provider_label: 'Scripted offline tour' }) },
  done: { snapshot: snapshotOf(DONE) },
  problems: {
    snapshot: snapshotOf(
      [
        ...OPENING,
        assistantSays('m2', [
          toolUse('t4', 'Edit', EDIT),
          toolUse('t5', 'Edit', { ...EDIT, old_string: 'a.name', new_string: 'a.date' }),
        ]),
        toolResult('t4', 'Edited src/notes.ts at line 12.', { tool_use_result: { problems: PROBLEMS } }),
        toolResult('t5', 'Edited src/notes.ts at line 14.', {
          tool_use_result: { problems: { added: [], more: 0, gone: 1 } },
        }),
      ],
      {},
      { open: { 't4 problems': true } },
    ),
  },
  working: {
    snapshot: snapshotOf(WORKING),
    play: (host) => host.send(stateIs('running'), systemSays('status', { status: 'requesting' })),
  },
  streaming: {
    snapshot: snapshotOf(WORKING),
    play: (host) =>
      host.send(
        stateIs('running'),
        startReply('m9'),
        startBlock(0, text('')),
        addText(0, REPLY.slice(0, 640)),
      ),
  },
  thinking: {
    snapshot: snapshotOf(OPENING),
    play: (host) =>
      host.send(
        stateIs('running'),
        startReply('m9'),
        startBlock(0, { type: 'thinking', thinking: '', signature: '' }),
        addThinking(
          0,
          'The notes are sorted by name.\nI could compare by date, but undated notes need a place',
        ),
      ),
  },
  writing: {
    snapshot: snapshotOf(OPENING),
    play: (host) =>
      host.send(
        stateIs('running'),
        startReply('m9'),
        startBlock(0, text('')),
        addText(0, 'I will write a helper for this.'),
        endBlock(0),
        startBlock(1, toolUse('t9', 'Write', {})),
        addInput(
          1,
          JSON.stringify({
            file_path: '/home/sam/trail-notes/src/compareNotes.ts',
            content: Array.from({ length: 30 }, (_, line) => `export const line${line} = ${line};`).join(
              '\n',
            ),
          }).slice(0, -8),
        ),
      ),
  },
  running: {
    snapshot: snapshotOf([
      ...OPENING,
      assistantSays('m2', [toolUse('t5', 'Bash', { command: 'npm run build && npm test -- --run' })]),
    ]),
    play: (host) =>
      host.send(
        stateIs('running'),
        toolRuns('t5', 'Bash', { output: TEST_OUTPUT.repeat(4), elapsed_time_seconds: 8 }),
      ),
  },
  permission: {
    snapshot: snapshotOf([
      ...OPENING,
      assistantSays('m2', [toolUse('t5', 'Bash', { command: 'npm test -- --run' })]),
    ]),
    play: (host) =>
      permission(host, {
        tool_name: 'Bash',
        tool_use_id: 't5',
        input: { command: 'npm test -- --run' },
        title: 'Run a command',
        decision_reason: 'No rule allows this command yet',
        permission_suggestions: [rememberNpm],
      }),
  },
  'permission-parts': {
    snapshot: snapshotOf([
      ...OPENING,
      assistantSays('m2', [toolUse('t5', 'Bash', { command: COMPOUND.input.command })]),
    ]),
    play: (host) => permission(host, COMPOUND),
  },
  'permission-remember': {
    snapshot: snapshotOf([
      ...OPENING,
      assistantSays('m2', [toolUse('t5', 'Bash', { command: COMPOUND.input.command })]),
    ]),
    async play(host, page) {
      permission(host, COMPOUND);
      await page.waitForTimeout(900);
      await page.getByRole('button', { name: 'Allow and remember' }).click();
      await page.getByRole('menuitem').first().waitFor();
    },
  },
  'pending-settings': {
    snapshot: snapshotOf(DONE),
    play: (host) =>
      host.send(
        systemSays('belay/settings_pending', {
          files: [
            {
              file: '/home/u/trail-notes/.claude/settings.json',
              hash: 'abc',
              waiting: ['the allow rule Bash(npm run deploy:*)', 'other hooks', 'another environment'],
            },
            { file: '/home/u/trail-notes/.mcp.json', hash: 'def', waiting: ['the server maps'] },
          ],
        }),
      ),
  },
  sandbox: {
    snapshot: snapshotOf([
      ...OPENING,
      assistantSays('m2', [
        toolUse('t4', 'Bash', { command: 'npm test -- --run', description: 'Run the tests' }),
        toolUse('t5', 'Bash', { command: 'npm install date-fns' }),
      ]),
      toolResult('t4', ' ✓ 6 tests passed', {
        tool_use_result: { exitCode: 0, stdout: ' ✓ 6 tests passed', sandboxed: true },
      }),
      toolResult('t5', 'npm error network', {
        is_error: true,
        tool_use_result: {
          exitCode: 1,
          stdout: 'npm error code EAI_AGAIN\nnpm error request to https://registry.example.com failed',
          sandboxed: true,
          refused: ['reaching registry.example.com:443 (host is not on the allow list)'],
        },
      }),
      assistantSays('m3', [
        toolUse('t6', 'Bash', { command: 'npm install date-fns', dangerouslyDisableSandbox: true }),
      ]),
    ]),
    play: (host) =>
      permission(host, {
        tool_name: 'Bash',
        tool_use_id: 't6',
        input: { command: 'npm install date-fns', dangerouslyDisableSandbox: true },
        title: 'Run outside the sandbox: npm install date-fns',
        description: 'Fetch date-fns, which the sandbox may not reach',
        decision_reason: 'It runs a command outside the sandbox.',
        decision_reason_type: 'sandboxOverride',
      }),
  },
  'permission-rename': {
    snapshot: snapshotOf([
      ...OPENING,
      assistantSays('m2', [toolUse('t4', 'LSP', { operation: 'findReferences', ...RENAME })]),
      toolResult('t4', 'src/notes.ts:12:17  export function sortNotes(\nsrc/list.ts:42:3  sortNotes(notes)', {
        tool_use_result: { resultCount: 2, fileCount: 2 },
      }),
      assistantSays('m3', [toolUse('t5', 'RenameSymbol', RENAME)]),
    ]),
    play: (host) =>
      permission(host, {
        tool_name: 'RenameSymbol',
        tool_use_id: 't5',
        input: RENAME,
        title: 'Rename src/notes.ts:12 to byDate',
        decision_reason: 'It changes a file.',
        digest: 'abc',
        previews: [
          {
            path: '/home/sam/trail-notes/src/list.ts',
            before: "import { sortNotes } from './notes';\n\nrender(sortNotes(notes));\n",
            after: "import { byDate } from './notes';\n\nrender(byDate(notes));\n",
          },
          {
            path: '/home/sam/trail-notes/src/notes.ts',
            before: EDIT.old_string,
            after: EDIT.old_string.replace('sortNotes', 'byDate'),
          },
        ],
      }),
  },
  renamed: {
    snapshot: snapshotOf(
      [
        ...OPENING,
        assistantSays('m2', [toolUse('t5', 'RenameSymbol', RENAME)]),
        toolResult('t5', 'Renamed.', {
          tool_use_result: {
            summary: 'Renamed to byDate in 2 files:\nsrc/list.ts: lines 1, 3\nsrc/notes.ts: line 12',
            problems: {
              added: [
                {
                  ...{ severity: 'error', line: 30, column: 7, source: 'ts', code: '2300' },
                  message: "Duplicate identifier 'byDate'.",
                  path: '/home/sam/trail-notes/src/notes.ts',
                },
              ],
              more: 0,
              gone: 0,
            },
          },
        }),
        systemSays('belay/checkpoint_created', {
          id: 'c1',
          tool_use_id: 't5',
          user_message_id: 'u1',
          origin: 'tool',
          files: ['list', 'notes'].map((name) => ({
            path: `/home/sam/trail-notes/src/${name}.ts`,
            change: 'modified',
            insertions: 2,
            deletions: 2,
          })),
        }),
        assistantSays('m3', [
          toolUse('t6', 'ResolveComment', { id: 'c1', reply: 'It has a name that says so now.' }),
        ]),
        toolResult('t6', 'c1 is resolved. Open: c2.', {}),
      ],
      { review: { files: 2, changes: 3 }, unsent_comments: 2 },
    ),
  },
  'permission-diff': {
    snapshot: snapshotOf([...OPENING, assistantSays('m2', [toolUse('t4', 'Edit', EDIT)])]),
    play: (host) => {
      permission(host, {
        tool_name: 'Edit',
        tool_use_id: 't4',
        input: EDIT,
        title: 'Edit src/notes.ts',
        preview: {
          path: EDIT.file_path,
          before: `import x from 'y';\n\n${EDIT.old_string}`,
          after: `import x from 'y';\n\n${EDIT.new_string}`,
        },
        permission_suggestions: [{ type: 'setMode', mode: 'acceptEdits', destination: 'session' }],
      });
      permission(host, {
        tool_name: 'Bash',
        tool_use_id: 't9',
        input: { command: 'ls' },
        title: 'Run a command',
      });
    },
  },
  'permission-hostile': {
    snapshot: snapshotOf([...OPENING, assistantSays('m2', [toolUse('t5', 'Bash', { command: 'x' })])]),
    play: (host) =>
      permission(host, {
        tool_name: 'Bash',
        tool_use_id: 't5',
        title: 'Run a command',
        permission_suggestions: [rememberNpm],
        input: {
          command: `echo safe\u202e # hidden\u200b\n${Array.from({ length: 40 }, (_, line) => `echo line ${line}`).join('\n')}\nrm -rf ~`,
        },
      }),
  },
  elicitation: {
    snapshot: snapshotOf(OPENING, { activity: 'requires_action' }),
    play: (host) => elicit(host, TRAIL_FORM),
  },
  'elicitation-problems': {
    snapshot: snapshotOf(OPENING, { activity: 'requires_action' }),
    play: async (host, page) => {
      elicit(host, TRAIL_FORM);
      await page.getByRole('textbox', { name: 'Email' }).fill('sam');
      await page.getByRole('textbox', { name: 'Length in km' }).fill('0.5');
      await page.getByRole('button', { name: 'Submit' }).click();
    },
  },
  'elicitation-page': {
    snapshot: snapshotOf(OPENING, { activity: 'requires_action' }),
    play: (host) =>
      elicit(host, {
        mcp_server_name: 'maps',
        mode: 'url',
        message: 'Sign in to your map account, so that trails can be looked up.',
        url: 'http://maps.example.com@xn--mps-8na.example.net/sign-in?session=4f9d0c&return=%2Ftrails',
        elicitation_id: 'e1',
      }),
  },
  sampling: {
    snapshot: snapshotOf(OPENING, { activity: 'requires_action' }),
    play: (host) => {
      host.send(stateIs('requires_action'));
      void host
        .sample({
          mcp_server_name: 'maps',
          system_prompt: 'You describe trails in one sentence, for people who have never been there.',
          messages: [
            {
              role: 'user',
              content: [
                {
                  type: 'text',
                  text: `Describe this trail:\n${Array.from({ length: 30 }, (_, at) => `${at + 1} km: ${400 + 20 * at} m`).join('\n')}`,
                },
              ],
            },
          ],
          model: 'claude-opus-5-5',
          model_hints: ['claude-haiku'],
          max_tokens: 2000,
        })
        .catch(() => {});
    },
  },
  question: {
    snapshot: snapshotOf([
      ...OPENING,
      assistantSays('m2', [
        toolUse('t6', 'AskUserQuestion', { questions: [{ question: 'Where should undated notes go?' }] }),
      ]),
    ]),
    play: (host) =>
      permission(host, {
        tool_name: 'AskUserQuestion',
        tool_use_id: 't6',
        input: {
          questions: [
            {
              question: 'Where should undated notes go?',
              header: 'Undated',
              multiSelect: false,
              options: [
                { label: 'Last', description: 'Below all dated notes' },
                { label: 'First', description: '' },
              ],
            },
            {
              question: 'What else should be sorted?',
              header: 'Else',
              multiSelect: true,
              options: [
                { label: 'Photos', description: '' },
                { label: 'Tracks', description: 'GPX files' },
              ],
            },
          ],
        },
      }),
  },
  plan: {
    snapshot: snapshotOf(
      [...OPENING, assistantSays('m2', [toolUse('t7', 'ExitPlanMode', { plan: REPLY })])],
      { permission_mode: 'plan' },
    ),
    play: (host) =>
      permission(host, { tool_name: 'ExitPlanMode', tool_use_id: 't7', input: { plan: REPLY } }),
  },
  'capture-reading': {
    snapshot: snapshotOf(WORKING),
    play: async (host, page) => {
      host.send(
        stateIs('running'),
        systemSays('belay/capture_changed', {
          root: '/home/sam/trail-notes',
          state: 'reading',
          files: 3210,
          bytes: 41_200_000,
        }),
      );
      await page.getByText('Reading the files of').waitFor();
    },
  },
  mention: {
    snapshot: snapshotOf(DONE),
    answers: {
      file_suggestions: async () => ({
        suggestions: [
          { path: 'src', type: 'directory' },
          { path: 'src/notes.ts', type: 'file' },
          { path: 'src/compareNotes.ts', type: 'file' },
          { path: 'src/components/lists/SortedNotesByDateWithoutUndatedOnes.tsx', type: 'file' },
          { path: 'notes.md', type: 'file' },
        ],
      }),
      'belay/symbol_suggestions': async () => ({
        symbols: [
          { name: 'Note', kind: 'interface', path: 'src/notes.ts', line: 3, lastLine: 12 },
          {
            ...{ name: 'noteCount', kind: 'property', container: 'NoteList' },
            ...{ path: 'src/components/lists/NoteList.tsx', line: 41, lastLine: 41 },
          },
        ],
      }),
    },
    play: async (_host, page) => {
      await page.getByRole('textbox', { name: 'Message Belay' }).pressSequentially('Look at @no');
      await page.getByRole('option', { name: 'noteCount' }).waitFor();
      await page.keyboard.press('ArrowDown');
    },
  },
  commands: {
    snapshot: snapshotOf(DONE),
    answers: {
      initialize: async () => ({
        commands: [
          { name: 'compact', description: 'Sums up the conversation so far', argumentHint: '[what matters]' },
          { name: 'context', description: 'Shows what fills the context window', argumentHint: '' },
          { name: 'cost', description: 'Shows what the session has cost', argumentHint: '' },
          { name: 'review', description: 'Looks over the changes of a branch', argumentHint: '[branch]' },
        ],
        agents: [],
        output_style: '',
        available_output_styles: [],
        models: [],
        account: {},
      }),
    },
    play: async (_host, page) => {
      await page.getByRole('textbox', { name: 'Message Belay' }).pressSequentially('/');
      await page.getByRole('option').first().waitFor();
    },
  },
  'capture-off': {
    snapshot: snapshotOf([CAPTURE_OFF], { title: 'New session' }),
  },
  rewind: {
    snapshot: snapshotOf([...DONE, CAPTURE_OFF, CAPTURE_UNKEPT]),
    answers: {
      rewind_files: async () => ({
        canRewind: true,
        files: [
          {
            path: '/home/sam/trail-notes/src/notes.ts',
            outcome: 'restored',
            change: 'modified',
            insertions: 1,
            deletions: 5,
          },
          {
            path: '/home/sam/trail-notes/src/compareNotes.ts',
            outcome: 'restored',
            change: 'deleted',
            insertions: 0,
            deletions: 31,
          },
          {
            path: '/home/sam/trail-notes/photo.jpg',
            outcome: 'restored',
            change: 'created',
            insertions: 0,
            deletions: 0,
          },
          {
            path: '/home/sam/trail-notes/src/list.ts',
            outcome: 'conflicted',
            reason: 'You changed the same lines since.',
            insertions: 0,
            deletions: 0,
          },
          {
            path: '/home/sam/trail-notes/logo.png',
            outcome: 'skipped',
            reason: 'Its earlier content is no longer there.',
            insertions: 0,
            deletions: 0,
          },
        ],
      }),
    },
    play: async (host, page) => {
      const text = 'Sort the trail notes by date, newest first. Notes without a date should come last.';
      host.send({ type: 'system', subtype: 'belay/rewind_ask', user_message_id: 'u1', text });
      await page.getByRole('dialog').waitFor();
    },
  },
  'edit-message': {
    snapshot: snapshotOf(DONE),
    answers: {
      rewind_files: async () => ({
        canRewind: true,
        files: [
          { path: '/home/sam/trail-notes/src/notes.ts', outcome: 'restored', insertions: 1, deletions: 5 },
          { path: '/home/sam/trail-notes/src/list.ts', outcome: 'conflicted', insertions: 0, deletions: 2 },
        ],
      }),
    },
    play: async (_host, page) => {
      await page.getByRole('button', { name: 'Edit and run again' }).first().click();
      await page.getByRole('radio', { name: 'Rewind files to before this message' }).click();
      await page.getByText('1 file goes back').waitFor();
    },
  },
  rewound: {
    snapshot: snapshotOf(
      [
        ...DONE,
        systemSays('belay/files_rewound', {
          user_message_id: 'u1',
          redo: false,
          restored: ['/home/sam/trail-notes/src/notes.ts'],
          conflicted: [{ path: 'src/list.ts', reason: 'you changed the same lines' }],
          skipped: [],
          can_redo: true,
        }),
        systemSays('compact_boundary', { compact_metadata: { trigger: 'auto', pre_tokens: 167_000 } }),
        systemSays('informational', {
          content: 'The settings file .claude/settings.json could not be read.',
          level: 'warning',
        }),
      ],
      { can_redo: true },
    ),
  },
  sessions: {
    snapshot: snapshotOf(DONE),
    answers: {
      'belay/session_list': async () => ({
        sessions: [
          'Sort the trail notes by date',
          'Add GPX import',
          'Why does the build fail on Windows and not on Linux or macOS?',
          'Rename Trail to Route',
        ].map((summary, index) => ({
          sessionId: index === 0 ? buildState().session_id : `s${index}`,
          summary,
          lastModified: Date.now() - index * 8_000_000,
        })),
      }),
    },
    play: async (_host, page) => page.getByRole('button', { name: 'Sessions' }).click(),
  },
  'session-elsewhere': { snapshot: snapshotOf(DONE, { elsewhere: true }) },
  'sessions-states': {
    snapshot: snapshotOf(DONE, { session_phases: { s1: 'running', s2: 'needs_you' } }),
    answers: { 'belay/session_list': async () => ({ sessions: listedSessions() }) },
    play: async (_host, page) => {
      await page.getByRole('button', { name: 'Sessions' }).click();
      await page.getByRole('button', { name: 'Actions for Add GPX import' }).click();
    },
  },
  'sessions-tags': {
    snapshot: snapshotOf(DONE, { session_phases: { s1: 'running', s2: 'needs_you' } }),
    answers: { 'belay/session_list': async () => ({ sessions: listedSessions() }) },
    play: async (_host, page) => {
      await page.getByRole('button', { name: 'Sessions' }).click();
      await page.getByRole('button', { name: 'Actions for Rename Trail' }).click();
      await page.getByRole('button', { name: 'Tags' }).click();
      await page.getByRole('button', { name: 'release', exact: true }).click();
    },
  },
  'sessions-delete': {
    snapshot: snapshotOf(DONE),
    answers: { 'belay/session_list': async () => ({ sessions: listedSessions() }) },
    play: async (_host, page) => {
      await page.getByRole('button', { name: 'Sessions' }).click();
      const remove = async (title: string): Promise<void> => {
        await page.getByRole('button', { name: `Actions for ${title}` }).click();
        await page.getByRole('button', { name: 'Delete' }).click();
      };
      await remove('Add GPX import');
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('button', { name: 'Undo' }).waitFor();
      await remove('Rename Trail to Route');
    },
  },
  failure: {
    snapshot: snapshotOf([
      ...OPENING,
      assistantSays('m2', [text('I will now change the')], { aborted: true }),
      turnEnds('r1', {
        subtype: 'error_during_execution',
        is_error: true,
        turn_cost_usd: null,
        failure: {
          kind: 'overloaded',
          title: 'The model is overloaded',
          detail: 'The provider answered 529 ten times. Your message is kept; try again in a while.',
          actions: ['retry', 'choose_model', 'open_log'],
        },
      }),
    ]),
  },
  retry: {
    snapshot: snapshotOf(OPENING),
    play: (host) =>
      host.send(
        stateIs('running'),
        systemSays('api_retry', {
          attempt: 2,
          max_retries: 10,
          retry_delay_ms: 8_000,
          error_status: 529,
          error: 'overloaded',
        }),
      ),
  },
  queue: {
    snapshot: snapshotOf(
      WORKING,
      { bypass_allowed: true, permission_mode: 'bypassPermissions' },
      { draft: 'and one more thing' },
    ),
    play: (host) =>
      host.send(
        stateIs('running'),
        systemSays('belay/queue_changed', {
          queued: [
            { uuid: 'q0', text: 'Keep the comments', is_now: true },
            { uuid: 'q1', text: 'Also add a test for undated notes' },
            { uuid: 'q2', text: 'Then update the changelog, please, and mention the new order of the notes' },
          ],
        }),
      ),
  },
  command: {
    snapshot: snapshotOf(
      [
        ...OPENING,
        userSays('!npm test', 'u8'),
        systemSays('local_command_output', {
          content:
            '\u001b[32m✓\u001b[0m sorts by date \u001b[2m4 ms\u001b[0m\n\u001b[31m✗ keeps undated notes last\u001b[0m\n\n1 passed, \u001b[31m1 failed\u001b[0m',
          is_terminal: true,
        }),
      ],
      {},
      { draft: '!git status --short' },
    ),
  },
  'command-running': {
    snapshot: snapshotOf([
      ...OPENING,
      { ...(userSays('!npm test', 'u8') as object), belay_input: 'command' },
    ]),
    play: async (host, page) => {
      host.send(
        stateIs('running'),
        toolRuns('toolu_u8', 'Bash', {
          output:
            '\u001b[32m✓\u001b[0m sorts by date \u001b[2m4 ms\u001b[0m\n\u001b[32m✓\u001b[0m keeps the order of notes of one day\n',
        }),
      );
      await page.getByRole('group', { name: 'Output so far' }).waitFor();
    },
  },
  context: {
    snapshot: snapshotOf(
      [
        {
          ...(userSays('What does this do?', 'u7') as object),
          belay_context: { path: '/work/trail-notes/src/list.ts', lines: { from: 4, to: 12 } },
        },
        ...OPENING,
      ],
      { editor_context: { path: '/work/trail-notes/src/notes/sortByDateAndThenByTitle.ts' } },
    ),
  },
  memory: {
    snapshot: snapshotOf(OPENING, {}, { draft: '# Notes without a date come last' }),
  },
  todos: {
    snapshot: snapshotOf(
      [
        ...WORKING,
        assistantSays('m4', [
          toolUse('t8', 'TodoWrite', {
            todos: [
              { content: 'Read the code', activeForm: 'Reading the code', status: 'completed' },
              { content: 'Sort by date', activeForm: 'Sorting by date', status: 'in_progress' },
              { content: 'Run the tests', activeForm: 'Running the tests', status: 'pending' },
            ],
          }),
          toolUse('t10', 'Agent', {
            subagent_type: 'reviewer',
            description: 'Review the change',
            prompt: 'Look at the diff.',
          }),
          toolUse('t11', 'mcp__maps__find_route', { from: 'A', to: 'B' }),
          toolUse('t12', 'WebFetch', { url: 'https://example.com/docs' }),
        ]),
        toolResult('t8', 'ok'),
        toolResult('t11', 'No route', { is_error: true }),
        systemSays('permission_denied', {
          tool_name: 'WebFetch',
          tool_use_id: 't12',
          message: 'Denied by rule WebFetch(domain:example.com)',
        }),
      ],
      {},
      { open: { todos: true } },
    ),
    play: (host) => host.send(stateIs('running')),
  },
  picker: {
    snapshot: snapshotOf(OPENING, { bypass_allowed: true }),
    play: (_host, page) => page.getByRole('button', { name: /^Permission mode/ }).click(),
  },
  attachments: {
    snapshot: snapshotOf(OPENING, {}, { draft: 'What is wrong in this picture?\nAnd does the log say why?' }),
    play: (_host, page) =>
      page.locator('input[type=file]').setInputFiles([
        { name: 'screenshot.png', mimeType: 'image/png', buffer: PICTURE },
        { name: 'server.log', mimeType: 'text/plain', buffer: Buffer.from('log') },
        { name: 'tool.exe', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 255]) },
      ]),
  },
  opened: {
    snapshot: snapshotOf(
      [
        ...OPENING,
        assistantSays('m2', [
          toolUse('t20', 'Agent', {
            subagent_type: 'reviewer',
            description: 'Review the change',
            prompt: 'Look at the diff and say what is wrong.',
          }),
          toolUse('t21', 'mcp__maps__find_route', { from: 'A', to: 'B' }),
          toolUse('t22', 'Bash', { command: 'npm run watch', run_in_background: true }),
        ]),
        inside(
          't20',
          assistantSays('m3', [toolUse('t23', 'Grep', { pattern: 'compare' }), text('It *looks* right.')]),
        ),
        inside('t20', toolResult('t23', 'src/notes.ts')),
        toolResult('t20', 'The change is right.'),
        toolResult('t21', 'No route between A and B was found.', { is_error: true }),
        toolResult('t22', 'Started in the background as b1.'),
        systemSays('task_started', { task_id: 'b1', description: 'npm run watch', tool_use_id: 't22' }),
      ],
      {},
      { open: { 'thinking:m1:0': true, t1: true, t20: true, t21: true } },
    ),
  },
  'far-from-end': {
    snapshot: snapshotOf([
      ...DONE,
      ...DONE.map((message, index) => ({ ...(message as object), uuid: `again${index}` })),
    ]),
    play: async (_host, page) => {
      await page.getByRole('log').hover();
      await page.mouse.wheel(0, -400);
      await page.getByRole('button', { name: 'Rewind to here' }).first().focus();
      await page.mouse.move(10, 10);
    },
  },
};

/** As said by the subagent of this call. */
function inside(parent_tool_use_id: string, message: unknown): unknown {
  return { ...(message as object), parent_tool_use_id };
}
