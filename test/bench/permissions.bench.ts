/**
 * How long a decision takes: a command line of ten commands with 500 rules loaded, and command lines of 10,000 characters, also
 * those that are made to take long. Times are the wall clock's, unless this thread's CPU time is shorter: a busy machine stretches the first.
 */
import { decidePermission, type LayeredRule } from '../../src/core/permissions/decidePermission.ts';
import { parseRule } from '../../src/core/permissions/parseRule.ts';
import { createPermissionState } from '../../src/core/permissions/permissionState.ts';
import { median, spread } from './figures.ts';
import type { BenchRow } from './types.ts';

const LENGTH = 10_000;
/** Runs before those that count. While the engine's heap still grows, memory that is touched for the first time takes longer than the decision. */
const WARM = 40;

export default async function bench(): Promise<BenchRow[]> {
  const state = createPermissionState({
    mode: 'default',
    rules: buildRules(),
    place: {
      workspace: {
        cwd: '/srv/proj',
        roots: ['/srv/proj'],
        home: '/home/u',
        platform: 'linux',
        trusted: true,
        osDescription: 'Linux',
      },
      realRoots: ['/srv/proj'],
      readableDirectories: [],
    },
    onModeChange: () => undefined,
  });
  const decide = (command: string): string => {
    const effects = [{ kind: 'execute', command, cwd: '/srv/proj' }] as const;
    return decidePermission({ toolName: 'Bash', input: {}, effects, places: new Map() }, state.context())
      .behavior;
  };
  if (decide(TEN_PARTS) !== 'allow') throw new Error('the command of ten parts is not allowed');
  for (const command of LONG.values())
    if (decide(command) === 'allow') throw new Error('a long command is allowed');
  for (let warm = 0; warm < 300; warm += 1) decide(TEN_PARTS);
  const short = measure(() => decide(TEN_PARTS), { runs: 51, times: 40 });
  const rows: BenchRow[] = [
    {
      name: 'a command of 10 parts, 500 rules',
      ours: median(short),
      unit: 'ms',
      target: '< 1 ms',
      pass: median(short) < 1,
      spread: spread(short, 2),
    },
  ];
  for (const [name, command] of LONG) {
    for (let warm = 0; warm < WARM; warm += 1) decide(command);
    const times = measure(() => decide(command), { runs: 31, times: 1 });
    const worst = Math.max(...times);
    rows.push({
      name: `10,000 characters: ${name} (the longest of 31 runs)`,
      ours: worst,
      unit: 'ms',
      target: '≤ 20 ms',
      pass: worst <= 20,
      spread: `median ${median(times).toFixed(2)}`,
    });
  }
  return rows;
}

const TEN_PARTS =
  'cd /srv/proj && npm ci && npm run build -- --mode production && npm test 2>&1 | tail -20; git status --short; git add -A && git commit -m "wip: a" && timeout 60 npm run lint | grep -c warning > /dev/null';

const LONG: ReadonlyMap<string, string> = new Map([
  ['one word', `npm test ${'a'.repeat(LENGTH)}`],
  ['commands', fill('git push x; ')],
  ['different commands', fillEach((index) => `git push x${index}; `)],
  ['commands of one letter', fill('a;')],
  ['commands with different files', fillEach((index) => `cp a${index} b${index}; `)],
  ['folders and files in them', fillEach((index) => `cd /d${index}; cat f${index}; `)],
  ['patterns of different files', fillEach((index) => `ls *${index}*; `)],
  ['words', fill('a ', 'npm test ')],
  ['words behind a wrapper', fill('git ', 'sudo ')],
  ['wrappers', fill('sudo xargs ')],
  ['files', fill('.env ', 'cat ')],
  ['patterns of files', fill('*a*b*/ ', 'cat ')],
  ['nested substitutions', `${'echo $('.repeat(LENGTH / 8)}rm${')'.repeat(LENGTH / 8)}`],
  ['strings in strings', fill(`bash -c "rm 'a b; c d'" `)],
  ['open brackets', '('.repeat(LENGTH)],
  ['open braces', fill('${x:-')],
  ['here-documents', fill('cat <<A\n$(rm)\nA\n')],
  ['redirects', fill('>a ', 'echo ')],
]);

function fill(piece: string, start = ''): string {
  return start + piece.repeat(Math.ceil((LENGTH - start.length) / piece.length));
}

/** Pieces that are all different, as many as fit. */
function fillEach(toPiece: (index: number) => string): string {
  let text = '';
  for (let index = 0; ; index += 1) {
    const piece = toPiece(index);
    if (text.length + piece.length > LENGTH) return text;
    text += piece;
  }
}

/** As many of each kind as a long life with "always allow" brings, many of them about the same programs. */
function buildRules(): readonly LayeredRule[] {
  const texts = [
    ...['npm ci', 'npm run build:*', 'npm test:*', 'npm run lint:*', 'git add:*', 'git commit:*'].map(
      (scope) => `Bash(${scope})`,
    ),
    ...Array.from({ length: 194 }, (_, index) => `Bash(npm run task${index}:*)`),
    ...Array.from({ length: 100 }, (_, index) => `Bash(git fetch remote${index})`),
    ...Array.from({ length: 50 }, (_, index) => `Bash(tool${index} *)`),
    ...Array.from({ length: 50 }, (_, index) => `Edit(src/module${index}/**)`),
  ];
  const strict = [
    ...Array.from({ length: 50 }, (_, index) => `Bash(danger${index}:*)`),
    ...Array.from({ length: 50 }, (_, index) => `Read(secrets/part${index}/**)`),
  ];
  return [...texts.map((text) => toRule('allow', text)), ...strict.map((text) => toRule('deny', text))];
}

function toRule(behavior: LayeredRule['behavior'], text: string): LayeredRule {
  const rule = parseRule(text);
  if (rule === undefined) throw new Error(`no rule: ${text}`);
  return { ...rule, behavior, layer: 'user' };
}

/** Milliseconds between two ticks of the clock of a thread, at most: a time it tells may be wrong by so much. */
const TICK = 4;

/** Milliseconds for one call, and no less: as the wall clock says, which also counts when another program had the core, or the thread's own. */
function measure(
  run: () => unknown,
  { runs, times }: { readonly runs: number; readonly times: number },
): readonly number[] {
  return Array.from({ length: runs }, () => {
    const startedAt = performance.now();
    const started = process.threadCpuUsage();
    for (let time = 0; time < times; time += 1) run();
    const { user, system } = process.threadCpuUsage(started);
    const wall = performance.now() - startedAt;
    return Math.min(wall, (user + system) / 1000 + TICK) / times;
  });
}
