// What an extension host under test sees of this machine: a home and a configuration folder of its own, and no keys.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Environment for a profile; undefined takes a variable away. */
export async function isolatedEnv(profile: string): Promise<Record<string, string | undefined>> {
  const home = join(profile, 'home');
  await mkdir(home, { recursive: true });
  return {
    HOME: home,
    USERPROFILE: home,
    BELAY_CONFIG_DIR: join(home, '.belay'),
    CLAUDE_CONFIG_DIR: undefined,
    ANTHROPIC_API_KEY: undefined,
    ANTHROPIC_AUTH_TOKEN: undefined,
    ANTHROPIC_BASE_URL: undefined,
    // No extension gallery: nothing is looked up.
    EXTENSIONS_GALLERY: '{}',
    // The test runner sets these for its own workers; they change how other code behaves.
    NODE_ENV: undefined,
    VITEST: undefined,
  };
}
