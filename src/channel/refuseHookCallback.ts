/** The answer of a client that has named no hooks to whoever asks one of it. */
import type { RequestOf } from '../protocol/control.ts';

export async function refuseHookCallback({ callback_id }: RequestOf<'hook_callback'>): Promise<never> {
  throw new Error(`This client has no hooks, so it has none named "${callback_id}".`);
}
