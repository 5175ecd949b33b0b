/** What a screen reader is told, politely, besides what it reads itself. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { showHidden } from '../permission/hiddenCharacters.ts';
import type { PersonRequest } from '../permission/permissionRequests.ts';
import { getThread, MAIN_THREAD } from '../state/panelModel.ts';
import { useModel, usePanel, useSource } from './context.ts';

/** A text that is said once each time it is set. */
export interface Announcements {
  get(): { readonly text: string; readonly count: number };
  subscribe(listener: () => void): () => void;
  say(text: string): void;
}

export function createAnnouncements(): Announcements {
  const listeners = new Set<() => void>();
  let current = { text: '', count: 0 };
  return {
    get: () => current,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    say(text) {
      current = { text, count: current.count + 1 };
      for (const listener of [...listeners]) listener();
    },
  };
}

export function Announcer({ announcements }: { readonly announcements: Announcements }): VNode {
  const { text, count } = useSource(announcements, (current) => current);
  useTurnEnds(announcements);
  usePermissionRequests(announcements);
  return (
    <div class="for-screen-reader" aria-live="polite" aria-atomic="true">
      {/* The same text twice must be two changes. */}
      {text}
      {count % 2 === 0 ? '' : '\u00a0'}
    </div>
  );
}

function useTurnEnds(announcements: Announcements): void {
  const isBusy = useModel((model) => model.activity !== 'idle');
  const last = useModel((model) => getThread(model, MAIN_THREAD).items.at(-1));
  const [wasBusy, setWasBusy] = useState(isBusy);
  useEffect(() => {
    setWasBusy(isBusy);
    if (!wasBusy || isBusy) return;
    // A failure is an alert of its own.
    if (last?.kind === 'turn_end' && !last.result.is_error) announcements.say('Belay has finished.');
  }, [isBusy, wasBusy, last, announcements]);
}

function usePermissionRequests(announcements: Announcements): void {
  const { permissions } = usePanel();
  const first = useSource(permissions, (all) => all[0]);
  useEffect(() => {
    if (first === undefined) return;
    announcements.say(toAnnouncement(first));
  }, [first, announcements]);
}

function toAnnouncement(asked: PersonRequest): string {
  if (asked.kind === 'elicitation') {
    return `The MCP server ${showHidden(asked.request.mcp_server_name)} asks you for something`;
  }
  if (asked.kind === 'sample') {
    return `The MCP server ${showHidden(asked.request.mcp_server_name)} wants to ask the model`;
  }
  return `Belay waits for your permission: ${asked.request.title ?? asked.request.tool_name}`;
}
