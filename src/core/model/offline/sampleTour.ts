/** The tour of the sample project: a bug, a wish and a test, each as a step that asks first. */
import { call, type OfflineReply, say, think } from './offlineReply.ts';
import type { Turn } from './readTurn.ts';
import { outcomeOf, type Stage } from './stages.ts';
import { INVITATION } from './words.ts';

export interface TourPlace {
  /** Absolute path of a file of the project. */
  path(relative: string): string;
}

const ROUTE_BEFORE = `    length += Math.round(distance(points[i - 1], points[i]));
  }
  return length;`;
const ROUTE_AFTER = `    length += distance(points[i - 1], points[i]);
  }
  return Math.round(length * 10) / 10;`;

const LIST_BEFORE = `  console.log(\`\${walk.name.padEnd(16)}\${length.padStart(9)}    \${formatDuration(walk.minutes)}\`);
}`;
const LIST_AFTER = `${LIST_BEFORE}

const total = walks.reduce((sum, walk) => sum + routeLength(walk.points), 0);
const minutes = walks.reduce((sum, walk) => sum + walk.minutes, 0);
console.log(\`\${'Total'.padEnd(16)}\${formatDistance(total.toFixed(1)).padStart(9)}    \${formatDuration(minutes)}\`);`;

const NEW_TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distance } from '../src/route.js';

test('the way back is as long as the way there', () => {
  const lake = [47.27, 11.39];
  const ridge = [47.3, 11.38];
  assert.equal(distance(lake, ridge), distance(ridge, lake));
});

test('a point is no distance from itself', () => {
  assert.equal(distance([47.27, 11.39], [47.27, 11.39]), 0);
});
`;

export function buildSampleTour({ path }: TourPlace): readonly Stage[] {
  return [
    {
      name: 'read-code',
      todo: { content: 'Find out how lengths are computed', activeForm: 'Reading the code' },
      needs: ['Read'],
      build: () => [
        think(
          'The README names a known problem: the list shows whole kilometres that do not add up. And a wish: a line with the total. Both start with how a length is computed, so the three files that matter come first.',
        ),
        say(
          'The README names a **problem** (lengths come out in whole kilometres) and a **wish** (a total). Reading is harmless inside your folder, so it needs no question:',
        ),
        call('read-code', 'Read', { file_path: path('src/route.js') }),
        call('read-code', 'Read', { file_path: path('src/main.js') }),
        call('read-code', 'Read', { file_path: path('test/route.test.js') }),
      ],
    },
    {
      name: 'fix-length',
      todo: { content: 'Round a length once, at its end', activeForm: 'Fixing the rounding' },
      needs: ['Edit'],
      build: () => [
        think(
          'routeLength rounds every leg to a whole kilometre and then adds. The test expects one decimal of the sum: round once, at the end.',
        ),
        say(
          'Here is the bug: `src/route.js` rounds **each leg**, then adds. It must add first and round once. This changes a file, so you are asked; the card shows the change before it is made.',
        ),
        call('fix-length', 'Edit', {
          file_path: path('src/route.js'),
          old_string: ROUTE_BEFORE,
          new_string: ROUTE_AFTER,
        }),
      ],
    },
    {
      name: 'add-total',
      todo: { content: 'Add the line with the total', activeForm: 'Adding the total' },
      needs: ['Edit'],
      build: () => [
        say('Now the wish: a last line with the total of all walks, in `src/main.js`.'),
        call('add-total', 'Edit', {
          file_path: path('src/main.js'),
          old_string: LIST_BEFORE,
          new_string: LIST_AFTER,
        }),
      ],
    },
    {
      name: 'write-test',
      todo: { content: 'Test the distance itself', activeForm: 'Writing a test' },
      needs: ['Write'],
      build: () => [
        say('Distances have no test of their own yet. A new file; a rewind removes it again.'),
        call('write-test', 'Write', { file_path: path('test/distance.test.js'), content: NEW_TEST }),
      ],
    },
    {
      name: 'run-tests',
      todo: { content: 'Run the tests', activeForm: 'Running the tests' },
      needs: ['Bash'],
      build: () => [
        say(
          "Last, the project's own tests. A command can do anything, so it is always asked about, unless you have allowed it before.",
        ),
        call('run-tests', 'Bash', { command: 'npm test', description: 'Run the tests' }),
      ],
    },
    { name: 'finish', todo: undefined, needs: ['TodoWrite'], build: () => [] },
    { name: 'summary', todo: undefined, needs: [], build: summarise },
  ];
}

function summarise(turn: Turn): OfflineReply {
  const lines = [
    ['fix-length', '`src/route.js`: lengths are rounded once, at their end'],
    ['add-total', '`src/main.js`: the list ends with a total'],
    ['write-test', '`test/distance.test.js`: a new test'],
    ['run-tests', '`npm test`'],
  ].map(([stage = '', what = '']) => `- ${what} (${outcomeOf(stage, turn)})`);
  return [say(`That was the tour. What became of its steps:\n\n${lines.join('\n')}\n\n${INVITATION}`)];
}
