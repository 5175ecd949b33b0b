import { delimiter } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildEnvironment } from '../../../src/node/processEnvironment.ts';

function namesLeftOf(names: readonly string[]): readonly string[] {
  const environment = buildEnvironment(Object.fromEntries(names.map((name) => [name, 'x'])), {}, 'call');
  return names.filter((name) => environment[name] === 'x');
}

describe('the environment of a command', () => {
  it('has no key of the user, under whatever name keys go', () => {
    const secret = [
      'ANTHROPIC_API_KEY',
      'ANTHROPIC_BASE_URL',
      'anthropic_auth_token',
      'CLAUDE_CODE_OAUTH_TOKEN',
      'GITHUB_TOKEN',
      'NPM_TOKEN',
      'TOKEN',
      'OPENAI_API_KEY',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'DB_PASSWORD',
      'PASSWORD',
      'CLIENT_SECRET',
      'GPG_PASSPHRASE',
      'GOOGLE_APPLICATION_CREDENTIALS',
      'PGPASSWORD',
      'MYSQL_PWD',
      'REDISCLI_AUTH',
      'npm_config_//registry.example.com/:_authToken',
      'SSH_AUTH_SOCK',
      'GPG_AGENT_INFO',
    ];
    expect(namesLeftOf(secret)).toEqual([]);
  });

  it('has nothing that makes a command line mean something else', () => {
    const redirecting = [
      'GIT_DIR',
      'GIT_SSH_COMMAND',
      'GIT_CONFIG_COUNT',
      'LD_PRELOAD',
      'LD_LIBRARY_PATH',
      'DYLD_INSERT_LIBRARIES',
      'NODE_OPTIONS',
      'BASH_ENV',
      'ENV',
      'BASH_FUNC_ls%%',
      'SHELLOPTS',
      'PROMPT_COMMAND',
      'CDPATH',
      'ELECTRON_RUN_AS_NODE',
      'VSCODE_IPC_HOOK_CLI',
    ];
    expect(namesLeftOf(redirecting)).toEqual([]);
  });

  it('keeps what programs need', () => {
    const plain = ['HOME', 'LANG', 'KEYBOARD', 'TOKENIZERS_PARALLELISM', 'PASSWORD_STORE_DIR', 'JAVA_HOME'];
    expect(namesLeftOf(plain)).toEqual(plain);
  });

  it('makes programs ask nothing, and lets the caller have the last word but for the mark', () => {
    const environment = buildEnvironment(
      { PATH: '/bin', PAGER: 'less' },
      { GITHUB_TOKEN: 'given', PATH: undefined, BELAY_CALL_ID: 'other' },
      'call',
    );
    expect(environment).toEqual({
      BELAY_CALL_ID: 'call',
      CI: '1',
      GITHUB_TOKEN: 'given',
      GIT_PAGER: 'cat',
      GIT_TERMINAL_PROMPT: '0',
      PAGER: 'cat',
      TERM: 'dumb',
    });
  });

  it('looks for programs in no folder of the project', () => {
    const PATH = ['.', '/usr/bin', './node_modules/.bin', '', 'bin', '/bin'].join(delimiter);
    expect(buildEnvironment({ PATH }, {}, 'call').PATH).toBe(['/usr/bin', '/bin'].join(delimiter));
    expect(buildEnvironment({ PATH: '.' }, {}, 'call')).not.toHaveProperty('PATH');
  });
});
