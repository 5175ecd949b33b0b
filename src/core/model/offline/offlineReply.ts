/** What the offline model says in answer to one request. */
export type OfflineBlock =
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly stage: string; readonly name: string; readonly input: object };

export type OfflineReply = readonly OfflineBlock[];

export function think(text: string): OfflineBlock {
  return { kind: 'thinking', text };
}

export function say(text: string): OfflineBlock {
  return { kind: 'text', text };
}

/** The stage is written into the id of the call, so that the next request says how far the script has come. */
export function call(stage: string, name: string, input: object): OfflineBlock {
  return { kind: 'call', stage, name, input };
}
