/**
 * What the panel says, in the language of the editor. English stands in the code; what it is elsewhere comes from the host with the
 * first answer, before anything is drawn, and stays the same for as long as the page lives: so it is no part of any state.
 */
export interface Language {
  /** As `vscode.env.language`: "zh-cn". */
  readonly language?: string | undefined;
  /** By what stands in the code. */
  readonly texts?: Readonly<Record<string, string>> | undefined;
}

let texts: ReadonlyMap<string, string> = new Map();

export function setLanguage({ language, texts: told = {} }: Language): void {
  texts = new Map(Object.entries(told));
  if (language !== undefined) document.documentElement.lang = language;
}

/** `text`: written out, so that a test can find it; `{0}` and so on are the places of the values. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  return (texts.get(text) ?? text).replace(/\{(\d+)\}/g, (place, index) =>
    String(values[Number(index)] ?? place),
  );
}
