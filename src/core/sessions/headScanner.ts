/** From the bytes of a line to its head. The content is checked to be JSON, but not made into values. */
import { JsonScanner } from './jsonScanner.ts';
import type { LineHead } from './lineHead.ts';
import { PERMISSION_DECIDED } from './permissionLog.ts';
import { parseTranscriptLine, type RecordLine } from './transcriptLine.ts';
import type { ByteRange } from './transcriptStore.ts';

/** What a line is. `other`: valid, but nothing this version knows; it is left where it is. */
export type ScannedLine = LineHead | ScannedRecord | ScannedStart | 'other' | 'corrupt';

interface ScannedRecord {
  readonly kind: 'record';
  readonly line: RecordLine;
}

/** `belay/tool_started`: there may be as many as there were calls. */
interface ScannedStart {
  readonly kind: 'started';
  readonly toolUseId: string;
}

const NAMES = [
  'type',
  'subtype',
  'uuid',
  'parentUuid',
  'session_id',
  'sessionId',
  'timestamp',
  'message',
  'parent_tool_use_id',
  'isSynthetic',
  'isCompactSummary',
  'tool_use_result',
  'aborted',
  'tool_use_id',
] as const;
const TYPE = NAMES.indexOf('type');
const SUBTYPE = NAMES.indexOf('subtype');
const UUID = NAMES.indexOf('uuid');
const PARENT = NAMES.indexOf('parentUuid');
const MESSAGE = NAMES.indexOf('message');
const CALL = NAMES.indexOf('parent_tool_use_id');
const SYNTHETIC = NAMES.indexOf('isSynthetic');
const SUMMARY = NAMES.indexOf('isCompactSummary');
const OUTPUT = NAMES.indexOf('tool_use_result');
const ABORTED = NAMES.indexOf('aborted');
const STARTED = NAMES.indexOf('tool_use_id');
/** Strings that every message and note has. */
const LOCAL = [UUID, NAMES.indexOf('session_id'), NAMES.indexOf('sessionId'), NAMES.indexOf('timestamp')];

/** As transcriptLine.ts keeps them. */
const NOTE_SUBTYPES = [
  'belay/checkpoint_created',
  'belay/files_rewound',
  'informational',
  'local_command_output',
  'compact_boundary',
];

const QUOTE = 0x22;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;
const OPEN_OBJECT = 0x7b;

export class HeadScanner {
  readonly #scanner = new JsonScanner(NAMES);
  /** Of the last message: nearly always the parent of the next line, so that the text is read and stored once. */
  #lastUuid = '';

  /** `place`: where the line stands in the file, without its newline. */
  scan(line: Uint8Array, place: ByteRange): ScannedLine {
    const scanner = this.#scanner;
    if (!scanner.scan(line)) return 'corrupt';
    if (scanner.isText(TYPE, 'user')) return this.#toChainHead('user', place) ?? 'corrupt';
    if (scanner.isText(TYPE, 'assistant')) return this.#toChainHead('assistant', place) ?? 'corrupt';
    if (scanner.isText(TYPE, 'result')) return this.#toNoteHead('result', place) ?? 'other';
    if (scanner.isText(TYPE, 'system')) return this.#toSystemHead(place) ?? 'other';
    if (scanner.isText(TYPE, 'belay/tool_started')) {
      const toolUseId = scanner.toText(STARTED);
      return toolUseId === undefined ? 'other' : { kind: 'started', toolUseId };
    }
    if (scanner.isText(TYPE, PERMISSION_DECIDED)) return 'other';
    const type = scanner.toText(TYPE);
    if (type === undefined) return 'corrupt';
    // Also a type that is one of the above, but written with escapes: that is no line of ours.
    return type.startsWith('belay/') ? parseRecord(line) : 'other';
  }

  #toChainHead(type: 'user' | 'assistant', { start, end }: ByteRange): LineHead | undefined {
    const scanner = this.#scanner;
    const uuid = this.#uuid();
    if (uuid === undefined || scanner.firstByte(MESSAGE) !== OPEN_OBJECT || !this.#isTextOrNull(CALL))
      return undefined;
    const parentUuid = this.#parent();
    this.#lastUuid = uuid;
    const isUser = type === 'user';
    return {
      kind: 'chain',
      uuid,
      parentUuid,
      type,
      isSynthetic: isUser && scanner.firstByte(SYNTHETIC) === LOWER_T,
      isCompactSummary: isUser && scanner.firstByte(SUMMARY) === LOWER_T,
      hasOutput: isUser && scanner.firstByte(OUTPUT) !== undefined,
      isAborted: !isUser && scanner.firstByte(ABORTED) === LOWER_T,
      start,
      end,
    };
  }

  #toSystemHead(place: ByteRange): LineHead | undefined {
    return NOTE_SUBTYPES.some((subtype) => this.#scanner.isText(SUBTYPE, subtype))
      ? this.#toNoteHead('system', place)
      : undefined;
  }

  #toNoteHead(type: 'result' | 'system', { start, end }: ByteRange): LineHead | undefined {
    const uuid = this.#uuid();
    return uuid === undefined
      ? undefined
      : { kind: 'note', uuid, parentUuid: this.#parent(), type, start, end };
  }

  /** undefined: a field that every such line has is missing. */
  #uuid(): string | undefined {
    if (!this.#isTextOrNull(PARENT)) return undefined;
    for (const name of LOCAL) if (this.#scanner.firstByte(name) !== QUOTE) return undefined;
    return this.#scanner.toText(UUID);
  }

  #parent(): string | null {
    return this.#scanner.isText(PARENT, this.#lastUuid)
      ? this.#lastUuid
      : (this.#scanner.toText(PARENT) ?? null);
  }

  #isTextOrNull(name: number): boolean {
    const first = this.#scanner.firstByte(name);
    return first === QUOTE || first === LOWER_N;
  }
}

function parseRecord(line: Uint8Array): ScannedRecord | 'other' | 'corrupt' {
  const parsed = parseTranscriptLine(JSON.parse(new TextDecoder().decode(line)));
  if (parsed === undefined) return 'corrupt';
  return parsed.kind === 'record' ? parsed : 'other';
}
