/** What a person does with a session of the list, whether it is open in this window, elsewhere, or nowhere. */
import type { Log } from '../core/ports.ts';
import { forkTranscript } from '../core/sessions/forkTranscript.ts';
import { labelSession, type SessionLabel } from '../core/sessions/labelSession.ts';
import { type ListedSessions, listSessions } from '../core/sessions/listSessions.ts';
import { readConversation } from '../core/sessions/readConversation.ts';
import { type FoundSessions, searchSessions } from '../core/sessions/searchSessions.ts';
import type { TranscriptStore } from '../core/sessions/transcriptStore.ts';
import type { ConversationMessage } from '../protocol/messages.ts';
import type { SessionInfo } from '../protocol/panel.ts';
import { formatTags, parseTags } from '../protocol/sessionTags.ts';
import type { OpenSessions } from './openSessions.ts';

export interface KeptSessionsDeps {
  readonly transcripts: TranscriptStore;
  readonly sessions: Pick<OpenSessions, 'host' | 'release'>;
  readonly log: Log;
}

/** Each resolves to why it could not be done, for a person; undefined: it is done. */
export interface KeptSessions {
  list(): Promise<readonly SessionInfo[]>;
  /** Rejects when it is aborted. */
  search(text: string, signal: AbortSignal): Promise<FoundSessions>;
  rename(sessionId: string, title: string): Promise<string | undefined>;
  /** Empty: it has none. */
  tag(sessionId: string, tag: string): Promise<string | undefined>;
  /** Resolves to the id of the copy; `before`: without this message and what followed it. Throws FileError, or where there is no such message. */
  fork(sessionId: string, before?: string): Promise<string>;
  remove(sessionId: string): Promise<string | undefined>;
  restore(sessionId: string): Promise<string | undefined>;
  read(sessionId: string): Promise<KeptConversation>;
}

export interface KeptConversation {
  readonly title: string;
  readonly messages: readonly ConversationMessage[];
}

const ELSEWHERE = 'Another window or program has this session open';

export function createKeptSessions({ transcripts, sessions, log }: KeptSessionsDeps): KeptSessions {
  const known: ListedSessions = new Map();

  async function list(): Promise<readonly SessionInfo[]> {
    const listed = await listSessions(transcripts, known);
    return listed.map((info) => {
      if (sessions.host(info.sessionId) === undefined) return info;
      const { elsewhere: _, ...own } = info;
      return own;
    });
  }

  async function label(sessionId: string, given: SessionLabel): Promise<string | undefined> {
    const isWritten = await labelSession(transcripts, sessionId, given);
    return isWritten ? undefined : `${ELSEWHERE}, so it can only be changed there.`;
  }

  async function titleOf(sessionId: string): Promise<string> {
    const own = sessions.host(sessionId)?.state.title ?? '';
    if (own !== '') return own;
    return (await list()).find((info) => info.sessionId === sessionId)?.summary ?? '';
  }

  return {
    list,
    search: (text, signal) => searchSessions(transcripts, text, signal),
    async rename(sessionId, title) {
      const trimmed = title.trim();
      if (trimmed === '') return 'A session needs a title.';
      const host = sessions.host(sessionId);
      if (host === undefined) return label(sessionId, { customTitle: trimmed });
      await host.rename(trimmed);
      return undefined;
    },
    async tag(sessionId, tag) {
      const formatted = formatTags(parseTags(tag));
      const host = sessions.host(sessionId);
      if (host === undefined) return label(sessionId, { tag: formatted });
      await host.request('belay/tag_set', { tag: formatted });
      return undefined;
    },
    async fork(sessionId, before) {
      const title = await titleOf(sessionId);
      const copy = crypto.randomUUID();
      const isThere = await forkTranscript(transcripts, {
        from: sessionId,
        to: copy,
        upTo: undefined,
        before,
      });
      if (!isThere) throw new Error('That message is not part of the conversation (any more).');
      await labelSession(transcripts, copy, { customTitle: `${title === '' ? 'Session' : title} (fork)` });
      return copy;
    },
    async remove(sessionId) {
      if (!(await sessions.release(sessionId)))
        return 'This session is at work. Stop it, then it can be deleted.';
      const isRemoved = await transcripts.remove(sessionId);
      return isRemoved ? undefined : `${ELSEWHERE}, so it can’t be deleted. Close it there first.`;
    },
    async restore(sessionId) {
      const isBack = await transcripts.restore(sessionId);
      return isBack ? undefined : 'The session is not in the trash any more.';
    },
    async read(sessionId) {
      const host = sessions.host(sessionId);
      await host?.ready;
      const messages = host?.conversation.messages() ?? (await readConversation(transcripts, sessionId, log));
      return { title: await titleOf(sessionId), messages };
    },
  };
}
