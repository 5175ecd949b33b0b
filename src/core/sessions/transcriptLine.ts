/**
 * The local form of a message: what the wire carries, plus what a transcript needs. The extra fields (`parentUuid`,
 * `sessionId`, `isSidechain`, `cwd`, `version`, `timestamp`, `isMeta`) are those the Agent SDK's session functions read.
 */
import * as z from 'zod';
import { assistantMessage, resultMessage, userMessage } from '../../protocol/messages.ts';
import { systemMessages } from '../../protocol/systemMessages.ts';
import { permissionDecidedLine } from './permissionLog.ts';

const local = {
  uuid: z.string(),
  session_id: z.string(),
  parentUuid: z.string().nullable(),
  sessionId: z.string(),
  timestamp: z.string(),
};

const chainLine = z.discriminatedUnion('type', [assistantMessage.extend(local), userMessage.extend(local)]);

/** A message of the conversation as it stands in the transcript. Lines form a tree by `parentUuid`; one path is active. */
export type ChainLine = z.infer<typeof chainLine>;

/** Of a message what the model may be told. */
export type VisibleLine = { [Type in ChainLine['type']]: VisibleOf<Type> }[ChainLine['type']];
type VisibleOf<Type> = Pick<Extract<ChainLine, { type: Type }>, 'type' | 'uuid' | 'message'>;

/** Something that happened beside the conversation and is shown again after a reload. */
const noteLine = z.discriminatedUnion('type', [
  resultMessage.extend(local),
  z.discriminatedUnion('subtype', [
    systemMessages['belay/checkpoint_created'].extend(local),
    systemMessages['belay/files_rewound'].extend(local),
    systemMessages.informational.extend(local),
    systemMessages.local_command_output.extend(local),
    systemMessages.compact_boundary.extend(local),
  ]),
]);
export type NoteLine = z.infer<typeof noteLine>;

/** Belay's own records, invisible to other readers of the file. */
const recordLine = z.discriminatedUnion('type', [
  /** The prefix every request of this session starts with: changing it would void the model's thinking. */
  z.looseObject({
    type: z.literal('belay/session_start'),
    sessionId: z.string(),
    system: z.array(z.string()),
    /** SHA-256 (hex) of the tools as they were sent. */
    toolsSha256: z.string(),
  }),
  /** Written ahead of a call that may change something: after a crash it may have run. */
  z.looseObject({ type: z.literal('belay/tool_started'), sessionId: z.string(), tool_use_id: z.string() }),
  /** The active path ends here from now on: the conversation was rewound (or a rewind was taken back). */
  z.looseObject({
    type: z.literal('belay/leaf_moved'),
    sessionId: z.string(),
    leafUuid: z.string().nullable(),
    user_message_id: z.string(),
    restored: z.boolean(),
  }),
  /** The model must not see these lines any more (a refused reply and what was refused), though a person does. */
  z.looseObject({ type: z.literal('belay/withheld'), sessionId: z.string(), uuids: z.array(z.string()) }),
  permissionDecidedLine,
]);
export type RecordLine = z.infer<typeof recordLine>;

export type TranscriptLine =
  | { readonly kind: 'chain'; readonly line: ChainLine }
  | { readonly kind: 'note'; readonly line: NoteLine }
  | { readonly kind: 'record'; readonly line: RecordLine }
  /** Valid JSON of a type this version doesn't know: left where it is. */
  | { readonly kind: 'other' };

const typed = z.looseObject({ type: z.string() });
const visibleMessages = { user: userMessage.shape.message, assistant: assistantMessage.shape.message };

/** From a parsed JSON value to a line; undefined when it claims a type we know and isn't one. */
export function parseTranscriptLine(value: unknown): TranscriptLine | undefined {
  const type = typed.safeParse(value).data?.type;
  if (type === undefined) return undefined;
  if (type === 'user' || type === 'assistant') return parseAs(chainLine, value, 'chain');
  if (type === 'result' || type === 'system') return parseAs(noteLine, value, 'note') ?? { kind: 'other' };
  if (type.startsWith('belay/')) return parseAs(recordLine, value, 'record') ?? { kind: 'other' };
  return { kind: 'other' };
}

/** From the head of a line and its parsed `message` field; undefined when that is no message. */
export function parseVisibleLine(
  { type, uuid }: Pick<VisibleLine, 'type' | 'uuid'>,
  message: unknown,
): VisibleLine | undefined {
  const parsed = visibleMessages[type].safeParse(message);
  return parsed.success ? ({ type, uuid, message: parsed.data } as VisibleLine) : undefined;
}

function parseAs<Kind extends 'chain' | 'note' | 'record'>(
  schema: z.ZodType,
  value: unknown,
  kind: Kind,
): TranscriptLine | undefined {
  const parsed = schema.safeParse(value);
  return parsed.success ? ({ kind, line: parsed.data } as TranscriptLine) : undefined;
}
