/** Sends messages to whoever drives the agent, with the fields every message carries. */
import type { Channel } from '../../channel/channel.ts';
import type { SystemMessageOf, SystemSubtype } from '../../protocol/systemMessages.ts';

/** What a `system` message says beyond the fields all share. */
export type SystemFields<Subtype extends SystemSubtype> = Omit<
  SystemMessageOf<Subtype>,
  'type' | 'subtype' | 'uuid' | 'session_id'
>;

export interface Emitter {
  /** Fields all messages carry: a fresh uuid and the session's id. */
  envelope(): { readonly uuid: string; readonly session_id: string };
  /** Passes a whole message on. Waits where the channel wants back-pressure. */
  emit(message: object): Promise<void>;
  /** Builds a `system` message, sends it, and returns it. */
  emitSystem<Subtype extends SystemSubtype>(
    subtype: Subtype,
    fields: { readonly [Field in keyof SystemFields<Subtype>]: SystemFields<Subtype>[Field] },
  ): Promise<SystemMessageOf<Subtype>>;
}

export function createEmitter(
  channel: Pick<Channel, 'send'>,
  { sessionId, createId }: { readonly sessionId: string; readonly createId: () => string },
): Emitter {
  const envelope = () => ({ uuid: createId(), session_id: sessionId });
  return {
    envelope,
    emit: (message) => channel.send(message),
    async emitSystem(subtype, fields) {
      const message = { type: 'system', subtype, ...envelope(), ...fields };
      await channel.send(message);
      return message as unknown as SystemMessageOf<typeof subtype>;
    },
  };
}
