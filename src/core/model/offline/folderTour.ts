/** The tour of any other folder: a look around, and one small new file. */
import { call, type OfflineReply, say, think } from './offlineReply.ts';
import type { DoneCall, Turn } from './readTurn.ts';
import type { TourPlace } from './sampleTour.ts';
import { outcomeOf, type Stage } from './stages.ts';
import { INVITATION } from './words.ts';

const FILE = 'BELAY_TOUR.md';
/** Files that are text for sure. */
const READABLE =
  /\.(?:md|txt|json|js|jsx|ts|tsx|mjs|cjs|py|rb|go|rs|java|kt|c|h|cpp|cs|php|css|html|sh|toml|ya?ml)$/i;

const CONTENT = `# Belay was here

This file was made by Belay's scripted tour, to have something that can be taken back.

- Choose *Rewind* at your message in the chat: this file goes away again.
- Change a line of it first, and rewind then: what you wrote yourself is never lost without a question.
`;

export function buildFolderTour({ path }: TourPlace, turn: Turn): readonly Stage[] {
  const found = findReadable(turn.done);
  return [
    ...(found === undefined ? [] : [buildReadStage(found)]),
    {
      name: 'write-file',
      todo: { content: `Create ${FILE}`, activeForm: `Creating ${FILE}` },
      needs: ['Write'],
      build: () => [
        say(
          `This isn't the sample project, so I leave your files alone and only create a small one, \`${FILE}\`. A new file is a change, so you are asked; the card shows what it will hold.`,
        ),
        call('write-file', 'Write', { file_path: path(FILE), content: CONTENT }),
      ],
    },
    { name: 'finish', todo: undefined, needs: ['TodoWrite'], build: () => [] },
    { name: 'summary', todo: undefined, needs: [], build: summarise },
  ];
}

function buildReadStage(found: string): Stage {
  return {
    name: 'read-file',
    todo: { content: 'Read one of its files', activeForm: 'Reading a file' },
    needs: ['Read'],
    build: () => [
      think('Not the sample project. A look at one of the files shows how reading works.'),
      say('Reading inside your folder needs no question. One of the files, for a look:'),
      call('read-file', 'Read', { file_path: found, limit: 40 }),
    ],
  };
}

/** The first file of the listing that is text; a listing names one file on each line. */
function findReadable(done: readonly DoneCall[]): string | undefined {
  const listing = done.find(({ stage, name, isError }) => stage === 'look' && name === 'Glob' && !isError);
  const files = listing?.text.split('\n').map((line) => line.trim()) ?? [];
  return files.find((file) => READABLE.test(file) && !file.endsWith(FILE));
}

function summarise(turn: Turn): OfflineReply {
  const outcome = outcomeOf('write-file', turn);
  const what =
    outcome === 'done'
      ? `\`${FILE}\` is there now.\n\n${INVITATION}`
      : `\`${FILE}\` was not made, so there is nothing to take back. Say \`tour\` to try again, or open the sample project from the start page for a longer tour.`;
  return [say(`That was the tour of a folder that isn't the sample project. ${what}`)];
}
