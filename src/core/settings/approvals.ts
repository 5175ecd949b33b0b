/**
 * Which texts of a project's settings files a person has approved, kept per folder in Belay's own storage, where no project
 * reaches. The whole text is kept, so that a change can be shown as a diff.
 */
import * as z from 'zod';
import { sha256Hex } from '../loop/digest.ts';
import type { Storage } from '../ports.ts';
import { parseJson } from './parseJson.ts';

/** By absolute path. A file that isn't among them is approved as empty. */
export type ApprovedTexts = ReadonlyMap<string, string>;

export interface Approvals {
  /** undefined: the folder was never trusted before. */
  read(): Promise<ApprovedTexts | undefined>;
  write(texts: ApprovedTexts): Promise<void>;
  /** Where they are kept, absolute; undefined: nowhere. */
  readonly file: string | undefined;
}

const record = z.object({ folder: z.string(), files: z.record(z.string(), z.string()) });

export async function openApprovals(
  storage: Pick<Storage, 'readFile' | 'writeFile' | 'locate'>,
  folder: string,
): Promise<Approvals> {
  const path = ['approvals', `${await sha256Hex(new TextEncoder().encode(folder))}.json`];
  return {
    file: storage.locate(path),
    async read() {
      const bytes = await storage.readFile(path);
      if (bytes === undefined) return undefined;
      const parsed = record.safeParse(parseJson(new TextDecoder().decode(bytes)));
      // A record that is damaged approves nothing.
      return new Map(parsed.success ? Object.entries(parsed.data.files) : []);
    },
    async write(texts) {
      const value: z.infer<typeof record> = { folder, files: Object.fromEntries(texts) };
      await storage.writeFile(path, new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`));
    },
  };
}

/** For one session: what it finds when it begins counts, and nothing is remembered. */
export function createUnkeptApprovals(): Approvals {
  let held: ApprovedTexts | undefined;
  return {
    file: undefined,
    read: async () => held,
    write: async (texts) => {
      held = texts;
    },
  };
}
