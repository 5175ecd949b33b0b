// Transcripts of any length, line by line as Belay writes them.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/**
 * `work`: turns with reads, edits and commands, compacted every 6 MB, here and there a rewind.
 * `short`: many short messages, compacted as well.
 * `outputs`: one path that was never compacted; what the model sees is short, the whole outputs beside it are long.
 * `content`: the same, but the model sees all of it, which is more than any model takes.
 */
export type TranscriptKind = 'work' | 'short' | 'outputs' | 'content';

export interface TranscriptPlan {
  readonly path: string;
  readonly sessionId: string;
  readonly kind: TranscriptKind;
  /** Of the whole file, at least. */
  readonly bytes: number;
}

/** Resolves with the number of lines. */
export async function writeTranscript({ path, sessionId, kind, bytes }: TranscriptPlan): Promise<number> {
  const out = createWriteStream(path);
  let written = 0;
  let count = 0;
  for (const line of buildLines(kind, sessionId)) {
    const text = `${JSON.stringify(line)}\n`;
    written += text.length;
    count += 1;
    if (!out.write(text)) await once(out, 'drain');
    // The end is that of a turn.
    if (written >= bytes && line.type === 'result') break;
  }
  out.end();
  await finished(out);
  return count;
}

const COMPACTED_BYTES = 6_000_000;
/** Turns between two rewinds. */
const REWOUND_TURNS = 25;

type Line = Readonly<Record<string, unknown>> & { readonly type: string };

/** Without end. */
function* buildLines(kind: TranscriptKind, sessionId: string): Generator<Line, void> {
  const ids = new Ids(sessionId);
  const isCompacted = kind === 'work' || kind === 'short';
  let seen = 0;
  let turns = 0;
  for (;;) {
    const before = ids.leaf;
    for (const line of buildTurn(kind, ids)) {
      seen += JSON.stringify(line).length;
      yield line;
    }
    turns += 1;
    if (isCompacted && turns % REWOUND_TURNS === 0) {
      yield ids.moveTo(before);
      yield* buildTurn(kind, ids);
    }
    if (isCompacted && seen > COMPACTED_BYTES) {
      seen = 0;
      const compact_metadata = { trigger: 'auto', pre_tokens: 900_000 };
      yield { type: 'system', subtype: 'compact_boundary', ...ids.note(), compact_metadata };
      yield ids.user([{ type: 'text', text: `The conversation so far: ${toText(4000, turns)}` }], {
        isSynthetic: true,
        isCompactSummary: true,
      });
    }
  }
}

function* buildTurn(kind: TranscriptKind, ids: Ids): Generator<Line, void> {
  yield ids.user([{ type: 'text', text: `Go on with part ${ids.count}.` }]);
  for (let call = 0; call < 6; call += 1) {
    const id = `toolu_${ids.count}`;
    const input = { file_path: `/project/src/file${ids.count}.ts` };
    yield ids.reply([
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', id, name: 'Read', input },
    ]);
    yield { type: 'belay/tool_started', sessionId: ids.sessionId, tool_use_id: id };
    const { content, output } = buildResult(kind, ids.count);
    const whole = { type: 'text', file: { filePath: input.file_path, content: output } };
    yield ids.user([{ type: 'tool_result', tool_use_id: id, content }], {
      tool_use_result: whole,
      toolUseResult: whole,
    });
  }
  yield ids.reply([{ type: 'text', text: 'That is done.' }]);
  yield { type: 'result', subtype: 'success', ...ids.note(), ...RESULT };
}

/** Every output is another one. */
function buildResult(kind: TranscriptKind, seed: number): { content: string; output: string } {
  switch (kind) {
    case 'work': {
      const output = toText(12_000, seed);
      return { content: output, output };
    }
    case 'short':
      return { content: toText(150, seed), output: '' };
    case 'outputs':
      return { content: toText(500, seed), output: toText(60_000, seed) };
    case 'content':
      return { content: toText(30_000, seed), output: '' };
    default:
      return kind satisfies never;
  }
}

function toText(length: number, seed: number): string {
  const lines: string[] = [];
  for (let size = 0, index = 0; size < length; index += 1) {
    const line = `  const value${seed}_${index} = compute("${index}", { at: [${index}, ${seed}] });\n`;
    lines.push(line);
    size += line.length;
  }
  return lines.join('');
}

const USAGE = { input_tokens: 1000, output_tokens: 100 };
const RESULT = {
  duration_ms: 1000,
  duration_api_ms: 900,
  is_error: false,
  num_turns: 7,
  result: 'That is done.',
  stop_reason: 'end_turn',
  total_cost_usd: 1,
  usage: USAGE,
  modelUsage: {},
  permission_denials: [],
};

class Ids {
  readonly sessionId: string;
  count = 0;
  leaf: string | null = null;

  constructor(sessionId: string) {
    this.sessionId = sessionId;
  }

  user(content: readonly object[], more: object = {}): Line {
    return this.#message('user', { message: { role: 'user', content }, ...more });
  }

  reply(content: readonly object[]): Line {
    const message = {
      id: `msg_${this.count}`,
      type: 'message',
      role: 'assistant',
      model: 'claude-opus-5-5',
      content,
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: USAGE,
    };
    return this.#message('assistant', { message });
  }

  moveTo(leafUuid: string | null): Line {
    this.leaf = leafUuid;
    const { sessionId } = this;
    return { type: 'belay/leaf_moved', sessionId, leafUuid, user_message_id: 'u', restored: false };
  }

  note(): object {
    return this.#fields();
  }

  #message(type: string, more: object): Line {
    const fields = this.#fields();
    this.leaf = fields.uuid;
    return { type, ...fields, parent_tool_use_id: null, ...more };
  }

  #fields() {
    this.count += 1;
    return {
      uuid: `00000000-0000-4000-8000-${String(this.count).padStart(12, '0')}`,
      session_id: this.sessionId,
      parentUuid: this.leaf,
      sessionId: this.sessionId,
      timestamp: '2026-11-21T07:00:00.000Z',
      cwd: '/project',
      version: '0.1.0',
      isSidechain: false,
      userType: 'external',
    };
  }
}
