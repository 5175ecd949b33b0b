import { getString } from './toolInput.ts';
import type { ToolView } from './toolView.ts';

/** A comment of the user's that the agent has dealt with; the rest stands beside the line. */
export const commentView: ToolView = {
  icon: 'comment',
  isFramed: false,
  title: ({ input }) => {
    const [id, reply] = [getString(input, 'id'), getString(input, 'reply')];
    return { verb: `Resolve comment ${id}${reply === '' ? '' : ':'}`, subject: reply };
  },
  hasBody: () => false,
  isOpenByDefault: () => false,
};
