/**
 * A call that can't be done before the person has done something on a page: the server refuses it and names the pages
 * (Model Context Protocol 2025-11-25, "URL Elicitation Required Error").
 */
import * as z from 'zod';
import type { Elicit } from './elicitation.ts';

const URL_ELICITATION_REQUIRED = -32042;
/** More is no way to ask anybody. */
const MAX_PAGES = 5;

const requiredError = z.object({
  code: z.literal(URL_ELICITATION_REQUIRED),
  data: z.object({
    elicitations: z
      .array(z.object({ url: z.string(), message: z.string(), elicitationId: z.string() }))
      .min(1),
  }),
});

/** Asks the person for each page, one after the other. What to say to the model; undefined: the error is another one. */
export async function askRequiredPages(
  error: unknown,
  {
    serverName,
    elicit,
    signal,
  }: { readonly serverName: string; readonly elicit: Elicit; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const required = requiredError.safeParse(error);
  if (!required.success) return undefined;
  for (const { url, message, elicitationId } of required.data.data.elicitations.slice(0, MAX_PAGES)) {
    const asked = {
      mcp_server_name: serverName,
      message,
      mode: 'url',
      url,
      elicitation_id: elicitationId,
    } as const;
    const { action } = await elicit(asked, signal);
    if (action !== 'accept') return 'It needs the user to open a page first, which they did not want to.';
  }
  return 'It needs the user to do something on a page first. They have opened it; call the tool again when they are done there.';
}
