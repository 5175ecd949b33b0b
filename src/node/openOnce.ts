/** Something that is opened when it is first needed, and stays open. */
export interface OpenOnce<Opened> {
  /** An opening that fails is tried again by the next call. */
  open(): Promise<Opened>;
  /** What is open (or being opened), or undefined. Never rejects. */
  current(): Promise<Opened | undefined>;
  /** The same; the next `open` opens anew. */
  take(): Promise<Opened | undefined>;
}

export function createOpenOnce<Opened>(open: () => Promise<Opened>): OpenOnce<Opened> {
  let opened: Promise<Opened> | undefined;
  const current = async (): Promise<Opened | undefined> => opened?.catch(() => undefined);
  return {
    async open() {
      opened ??= open();
      try {
        return await opened;
      } catch (error) {
        opened = undefined;
        throw error;
      }
    },
    current,
    take() {
      const taken = current();
      opened = undefined;
      return taken;
    },
  };
}
