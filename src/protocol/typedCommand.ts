/** The id of the call by which a command is run that a person has typed: what it puts out belongs to their message. */
export function toTypedCallId(messageUuid: string): string {
  return `toolu_${messageUuid}`;
}
