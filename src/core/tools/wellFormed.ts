/** Half of a surrogate pair (a file may hold one, a cut may leave one) makes the API refuse the whole conversation. */
export function toWellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
