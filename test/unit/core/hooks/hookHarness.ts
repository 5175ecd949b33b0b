/** The agent harness with hooks of the client, and a clock on which only the time passes that a test lets pass. */
import type { Clock } from '../../../../src/core/ports.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';
import type { SystemMessageOf, SystemSubtype } from '../../../../src/protocol/systemMessages.ts';
import { createHarness, type Harness, type HarnessOptions } from '../../../support/agentHarness.ts';

export type Input = Readonly<Record<string, unknown>>;

export interface TestHook {
  readonly event: string;
  readonly matcher?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly onFailure?: 'continue' | 'block';
  /** What the client answers; throwing is answering with an error. */
  readonly answer: (input: Input, signal: AbortSignal) => unknown;
}

export interface HookHarness extends Harness {
  /** What hooks were told, in order. */
  readonly heard: Input[];
}

export interface HookHarnessOptions extends HarnessOptions {
  readonly hooks: readonly TestHook[];
  /** Waits of so many milliseconds are over at once; all others last until they are given up. */
  readonly passes?: readonly number[];
}

export async function createHookHarness(setup: HookHarnessOptions): Promise<HookHarness> {
  const heard: Input[] = [];
  const harness = createHarness({
    ...setup,
    ports: { clock: createTestClock(setup.passes ?? []), ...setup.ports },
    async onHook({ callback_id, input }, signal) {
      heard.push(input);
      return setup.hooks[Number(callback_id)]?.answer(input, signal) ?? {};
    },
  });
  await harness.peer.request('initialize', { hooks: toTable(setup.hooks) });
  return { ...harness, heard };
}

function toTable(hooks: readonly TestHook[]) {
  const table: Record<string, object[]> = {};
  for (const [index, { event, matcher, timeout, onFailure }] of hooks.entries()) {
    table[event] = [
      ...(table[event] ?? []),
      {
        hookCallbackIds: [String(index)],
        ...(matcher === undefined ? {} : { matcher }),
        ...(timeout === undefined ? {} : { timeout }),
        ...(onFailure === undefined ? {} : { onFailure }),
      },
    ];
  }
  return table as Record<string, { hookCallbackIds: string[] }[]>;
}

/** Waits of these milliseconds are over at once, all others last until they are given up. */
export function createTestClock(passes: readonly number[]): Clock {
  return {
    now: () => 0,
    monotonic: () => 0,
    sleep: (ms, signal) =>
      passes.includes(ms)
        ? Promise.resolve()
        : new Promise((_, reject) =>
            signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
          ),
  };
}

export const text = (value: string): ContentBlock => ({ type: 'text', text: value });

export const call = (id: string, name: string, input: object = {}): ContentBlock => ({
  type: 'tool_use',
  id,
  name,
  input,
});

/** What the n-th request (from 1) ended with: the blocks of its last message. */
export function lastBlocks(harness: Harness, request: number): readonly ContentBlock[] {
  return harness.model.requests[request - 1]?.messages.at(-1)?.content ?? [];
}

export function textsOf(blocks: readonly ContentBlock[]): string[] {
  return blocks.flatMap((block) => (block.type === 'text' ? [block.text] : []));
}

/** What the model read as the result of a call, and whether as an error. */
export function resultsOf(blocks: readonly ContentBlock[]) {
  return blocks.flatMap((block) =>
    block.type === 'tool_result' ? [{ content: block.content, isError: block.is_error === true }] : [],
  );
}

export function systemMessages<Subtype extends SystemSubtype>(
  harness: Harness,
  subtype: Subtype,
): SystemMessageOf<Subtype>[] {
  return harness
    .ofType('system')
    .filter((message): message is SystemMessageOf<Subtype> => message.subtype === subtype);
}

/** What was told to the person. */
export function warnings(harness: Harness): string[] {
  return systemMessages(harness, 'informational').map(({ content }) => content);
}
