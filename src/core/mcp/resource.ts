/** Resources of MCP servers: what is listed of them, and what is read. */
import * as z from 'zod';

const resource = z.looseObject({
  uri: z.string(),
  name: z.string().optional(),
  title: z.string().optional(),
  mimeType: z.string().optional(),
  description: z.string().optional(),
});

/** As the SDK's `ListMcpResourcesOutput`. */
export interface ListedResource {
  readonly uri: string;
  readonly name: string;
  readonly mimeType?: string;
  readonly description?: string;
  readonly server: string;
}

export const readResult = z.looseObject({ contents: z.array(z.looseObject({ uri: z.string() })) });
export type ReadResult = z.infer<typeof readResult>;

/** What does not fit is left out. */
export function parseResources(listed: readonly unknown[], server: string): readonly ListedResource[] {
  return listed.flatMap((item) => {
    const parsed = resource.safeParse(item);
    if (!parsed.success) return [];
    const { uri, name = parsed.data.title ?? uri, mimeType, description } = parsed.data;
    return {
      uri,
      name,
      ...(mimeType === undefined ? {} : { mimeType }),
      ...(description === undefined ? {} : { description }),
      server,
    };
  });
}
