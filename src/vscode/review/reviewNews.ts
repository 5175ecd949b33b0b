/** What the person has undone or changed of the agent's work, told to the agent before their next message. No editor in here. */
import type { Disposable } from 'vscode';
import { type Lines, toAgentText } from '../../core/review/reviewText.ts';
import { buildPatch, formatPatch } from '../../core/tools/structuredPatch.ts';
import type { Review } from './review.ts';

/** Characters of a patch, and of all of them, that the model is told. */
const MOST_OF_FILE = 4_000;
const MOST_OF_ALL = 12_000;

export interface ReviewNews extends Disposable {
  /** undefined: there is nothing that this session has not been told. */
  take(sessionId: string): string | undefined;
}

interface Known {
  readonly sessionId: string;
  readonly text: string;
  readonly movedFrom: string | undefined;
}

/** Follows what the agents have left, to see what has become of it. */
export function createReviewNews(review: Review): ReviewNews {
  /** By path: whose file it is, and the text its agent knows. */
  const known = new Map<string, Known>();
  const listening = review.onDidTakeIn((paths) => {
    for (const path of paths) {
      const file = review.file(path);
      if (file?.kind === 'text')
        known.set(path, {
          sessionId: file.sessionId,
          text: toAgentText(file.text).join(''),
          movedFrom: file.change === 'renamed' ? file.from.path : undefined,
        });
    }
  });
  return {
    take(sessionId) {
      const told: string[] = [];
      for (const [path, { text, ...whose }] of known) {
        if (whose.sessionId !== sessionId) continue;
        const now = textOf(review.current(path));
        if (now === text) continue;
        known.set(path, { ...whose, text: now ?? '' });
        const { movedFrom } = whose;
        if (now === undefined && movedFrom !== undefined && review.current(movedFrom) !== undefined)
          told.push(`${path} was moved back to ${movedFrom}.`);
        else told.push(describe(path, text, now));
      }
      if (told.length === 0) return undefined;
      const all = told.join('\n\n');
      return `The user has undone or changed parts of your work. Read these files again before you edit them, and do not do again what was undone unless you are asked to.\n\n${all.length <= MOST_OF_ALL ? all : `${all.slice(0, MOST_OF_ALL)}\n… (cut)`}`;
    },
    dispose: () => listening.dispose(),
  };
}

function textOf(lines: Lines | undefined): string | undefined {
  return lines?.join('');
}

function describe(path: string, before: string, after: string | undefined): string {
  if (after === undefined) return `${path} was deleted.`;
  const patch = formatPatch(buildPatch(before, after), MOST_OF_FILE);
  return `${path}:\n${patch === '' ? '(it differs in too many lines)' : patch}`;
}
