/** What the offline model answers: the next step of a tour when one was asked for, else what can be done instead. */
import { buildFolderTour } from './folderTour.ts';
import { call, type OfflineReply, say } from './offlineReply.ts';
import type { Turn } from './readTurn.ts';
import { buildSampleTour, type TourPlace } from './sampleTour.ts';
import { playStages, type Stage } from './stages.ts';
import { INTRODUCTION, NO_FOLDER, OTHER_ANSWER } from './words.ts';

export function decideReply(turn: Turn): OfflineReply {
  if (!/\btour\b/i.test(turn.asked)) return OTHER_ANSWER;
  if (turn.cwd === undefined) return NO_FOLDER;
  const place = placeIn(turn.cwd);
  const look = buildLookStage(place);
  const rest = isSampleProject(turn) ? buildSampleTour(place) : buildFolderTour(place, turn);
  return playStages([look, ...rest], turn);
}

function buildLookStage({ path }: TourPlace): Stage {
  return {
    name: 'look',
    todo: { content: 'Look around', activeForm: 'Looking around' },
    needs: ['Read', 'Glob'],
    build: () => [
      say(`${INTRODUCTION}\n\nFirst, a look at what is here.`),
      call('look', 'Glob', { pattern: '**/*' }),
      call('look', 'Read', { file_path: path('README.md') }),
    ],
  };
}

function isSampleProject({ done }: Turn): boolean {
  const readme = done.find(({ stage, name }) => stage === 'look' && name === 'Read');
  return readme !== undefined && !readme.isError && /\bTrail notes\b/.test(readme.text);
}

function placeIn(cwd: string): TourPlace {
  const separator = cwd.includes('\\') && !cwd.startsWith('/') ? '\\' : '/';
  const folder = cwd.endsWith(separator) ? cwd : cwd + separator;
  return { path: (relative) => folder + relative.replaceAll('/', separator) };
}
