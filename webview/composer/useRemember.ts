/** Has a line written into a memory file: the editor asks which. The draft stays until that is done. */
import { usePanel } from '../view/context.ts';

export interface RememberOptions {
  /** Sends what is written as a message. */
  readonly say: () => void;
}

export function useRemember({ say }: RememberOptions): (text: string) => void {
  const { peer, memory, announce } = usePanel();
  return (text) => {
    peer.request('belay/memory_add', { text }).then(
      ({ outcome, path = '', problem = '' }) => {
        // Something else may stand there by now.
        const isSame = memory.get().draft === text;
        if (outcome === 'message' && isSame) say();
        if (outcome === 'failed') announce(problem);
        if (outcome !== 'added') return;
        announce(`Added to ${path}`);
        if (!isSame) return;
        memory.change({ draft: '' });
        memory.flush();
      },
      () => announce('The line could not be written. It still stands in the message box.'),
    );
  };
}
