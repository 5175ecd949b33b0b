// Logins at servers that want one: the official example of such a server in a process of its own, and one whose tokens are renewed.
import { afterEach, describe, expect, it } from 'vitest';
import type { LoginPorts, LoginVisit } from '../../../src/core/mcp/serverLogin.ts';
import { createLoginFetch, type Resolve } from '../../../src/node/mcpLoginFetch.ts';
import { startLoginServer } from '../../support/mcp/loginServer.ts';
import { createServerRig, type ServerRig } from '../../support/mcp/serverRig.ts';
import { startLoginExample } from '../../support/mcp/startHttpServer.ts';

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

interface Person extends LoginPorts {
  readonly kept: Map<string, string>;
  readonly visits: LoginVisit[];
}

const RETURN = 'vscode://belay.belay/login';

/** Agrees to everything, in a browser that follows to where it is sent. `answer` changes with what it comes back. */
function createPerson(answer: (query: string) => string | undefined = (query) => query): Person {
  const kept = new Map<string, string>();
  const visits: LoginVisit[] = [];
  return {
    kept,
    visits,
    store: {
      load: async (address) => kept.get(address),
      async save(address, text) {
        if (text === undefined) kept.delete(address);
        else kept.set(address, text);
      },
    },
    browser: {
      returnAddress: async () => RETURN,
      async visit(visit) {
        visits.push(visit);
        const sent = await fetch(visit.page, { redirect: 'manual' });
        const back = new URL(sent.headers.get('location') ?? 'about:blank');
        expect(back.href.startsWith(RETURN)).toBe(true);
        return answer(back.search);
      },
    },
  };
}

function rig(url: string, login?: LoginPorts): ServerRig {
  const servers = { s: { type: 'http' as const, url } };
  const created = createServerRig(login === undefined ? { servers } : { servers, login });
  endings.push(() => created.mcp.close());
  return created;
}

async function example(): Promise<string> {
  const server = await startLoginExample();
  endings.push(() => server.kill());
  return server.url;
}

async function guarded() {
  const server = await startLoginServer();
  endings.push(() => server.close());
  return server;
}

const never = new AbortController().signal;

describe('a login at the official example', () => {
  it('is told of, made in the browser with PKCE, kept, used in the next session, and forgotten', async () => {
    const url = await example();
    const person = createPerson();
    const { mcp, until, call, names } = rig(url, person);
    expect(await until('s', 'needs-auth')).toMatchObject({
      error: 'It wants you to log in.',
      belay_login: 'wanted',
    });
    await mcp.logIn('s', never);
    expect(await until('s', 'connected')).toMatchObject({ belay_login: 'kept' });
    expect(await names()).toContain('mcp__s__greet');
    expect(await call('mcp__s__greet', { name: 'Ada' })).toMatchObject({ isError: false });
    const [visit] = person.visits;
    const asked = new URL(visit?.page ?? '').searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('redirect_uri')).toBe(RETURN);
    expect(asked.get('state')).toBe(visit?.state);
    expect(visit?.state.length).toBeGreaterThan(40);
    expect([...person.kept.keys()]).toEqual([url]);

    const next = rig(url, person);
    await next.until('s', 'connected');
    expect(person.visits).toHaveLength(1);
    await next.mcp.logOut('s');
    expect(next.statusOf('s')).toMatchObject({ status: 'needs-auth', belay_login: 'wanted' });
    expect([...person.kept]).toEqual([]);
  });

  it('is not made where the browser comes back from another login, with a refusal, or not at all', async () => {
    const url = await example();
    const other = rig(
      url,
      createPerson((query) => query.replace(/state=[^&]+/, 'state=x')),
    );
    await expect(other.mcp.logIn('s', never)).rejects.toThrow('came back from another login');
    const refusing = rig(
      url,
      createPerson((query) => query.replace(/code=[^&]+/, 'error=access_denied')),
    );
    await expect(refusing.mcp.logIn('s', never)).rejects.toThrow('The server refused: access_denied.');
    const giving = createPerson(() => undefined);
    const { mcp } = rig(url, giving);
    await expect(mcp.logIn('s', never)).rejects.toThrow('The login was given up.');
    expect([...giving.kept]).toEqual([]);
  });

  it('is not offered where nobody can log in, or where the configuration has a token', async () => {
    const url = await example();
    const alone = rig(url);
    const status = await alone.until('s', 'needs-auth');
    expect(status.error).toContain('in VS Code only');
    expect(status.belay_login).toBeUndefined();
    await expect(alone.mcp.logIn('s', never)).rejects.toThrow('from here');
    const headers = { authorization: 'Bearer wrong' };
    const server = { type: 'http' as const, url: (await guarded()).url, headers };
    const given = createServerRig({ servers: { s: server }, login: createPerson() });
    endings.push(() => given.mcp.close());
    const refused = await given.until('s', 'needs-auth');
    expect(refused).toMatchObject({
      error: 'It refused the token that its configuration gives it (HTTP 401).',
    });
    expect(refused.belay_login).toBeUndefined();
  });
});

describe('a token that is not taken any more', () => {
  it('is renewed once, however many calls found out', async () => {
    const server = await guarded();
    const person = createPerson();
    const { mcp, call, until } = rig(server.url, person);
    await mcp.logIn('s', never);
    await until('s', 'connected');
    server.expire();
    const calls = await Promise.all([1, 2, 3, 4].map(() => call('mcp__s__greet')));
    expect(calls.map(({ isError }) => isError)).toEqual([false, false, false, false]);
    expect(server.renewals()).toBe(1);
    expect(person.visits).toHaveLength(1);
  });

  it('is taken from another session that has renewed it', async () => {
    const server = await guarded();
    const person = createPerson();
    const one = rig(server.url, person);
    await one.mcp.logIn('s', never);
    const other = rig(server.url, person);
    await other.until('s', 'connected');
    server.expire();
    expect((await one.call('mcp__s__greet')).isError).toBe(false);
    expect((await other.call('mcp__s__greet')).isError).toBe(false);
    expect(server.renewals()).toBe(1);
  });

  it('is forgotten when it can not be renewed, and the server wants a login again', async () => {
    const server = await guarded();
    const person = createPerson();
    const { mcp, call, until } = rig(server.url, person);
    await mcp.logIn('s', never);
    server.forget();
    expect((await call('mcp__s__greet')).isError).toBe(true);
    expect(await until('s', 'needs-auth')).toMatchObject({ belay_login: 'wanted' });
    expect([...person.kept]).toEqual([]);
    await mcp.logIn('s', never);
    expect((await call('mcp__s__greet')).isError).toBe(false);
  });
});

describe('what a server names for a login', () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    'mcp.example': ['93.184.216.34'],
    'login.example': ['93.184.216.35'],
    'inside.example': ['93.184.216.35', '10.0.0.7'],
    'intranet.example': ['10.0.0.5'],
  };
  const resolve: Resolve = async (name) => names[name] ?? [];
  const ask = async (server: string, address: string) => {
    const asked: RequestInit[] = [];
    const send = createLoginFetch(
      async (_url, init) => {
        asked.push(init ?? {});
        return new Response('{}');
      },
      { server: new URL(server), resolve },
    );
    await send(address);
    expect(asked).toMatchObject([{ redirect: 'error' }]);
  };

  it('is asked on the public internet, or beside the server', async () => {
    await ask('https://mcp.example/mcp', 'https://login.example/token');
    await ask('https://mcp.example/mcp', 'https://mcp.example/token');
    await ask('https://intranet.example/mcp', 'https://10.0.0.9/token');
    await ask('http://127.0.0.1:3000/mcp', 'http://127.0.0.1:3001/token');
  });

  it.each([
    'https://169.254.169.254/latest',
    'https://10.0.0.7/token',
    'https://inside.example/token',
    'https://127.0.0.1/token',
    'https://[::1]/token',
  ])('is no way into the private network: %s', async (address) => {
    await expect(ask('https://mcp.example/mcp', address)).rejects.toThrow('not on the public internet');
  });

  it('is not asked without encryption', async () => {
    await expect(ask('https://mcp.example/mcp', 'http://login.example/token')).rejects.toThrow(
      'not encrypted',
    );
    await expect(ask('https://intranet.example/mcp', 'http://10.0.0.9/token')).rejects.toThrow(
      'not encrypted',
    );
  });
});
