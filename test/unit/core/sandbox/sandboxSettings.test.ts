import { describe, expect, it } from 'vitest';
import type { RuleLayer } from '../../../../src/core/permissions/decidePermission.ts';
import { mergeSandbox, type SandboxSettings } from '../../../../src/core/sandbox/sandboxSettings.ts';
import { parseSettings, SettingsError } from '../../../../src/core/settings/settingsFile.ts';

const place = { cwd: '/w', home: '/home/u', configDir: '/home/u/.belay', platform: 'linux' } as const;

function merge(...layers: readonly (readonly [RuleLayer, SandboxSettings])[]) {
  return mergeSandbox(
    layers.map(([layer, sandbox]) => ({ layer, content: { sandbox } })),
    place,
  );
}

const on = { enabled: true } as const;

describe('the settings of the sandbox', () => {
  it('are off unless somebody turns them on', () => {
    expect(merge()).toBeUndefined();
    expect(merge(['user', { autoAllowBashIfSandboxed: true }])).toBeUndefined();
    expect(merge(['user', on], ['cliArg', { enabled: false }])).toBeUndefined();
  });

  it('open nothing by themselves', () => {
    expect(merge(['user', on])).toEqual({
      failIfUnavailable: false,
      autoAllow: false,
      allowUnsandboxed: true,
      excludedCommands: [],
      hostProc: false,
      allowedDomains: [],
      deniedDomains: [],
      unixSockets: [],
      allUnixSockets: false,
      localBinding: false,
      allowWrite: [],
      denyWrite: [],
      allowRead: [],
      denyRead: [],
      dropEnvironment: [],
    });
  });

  it('of a project turn it on and narrow it, and open nothing', () => {
    const opening: SandboxSettings = {
      ...on,
      autoAllowBashIfSandboxed: true,
      enableWeakerNestedSandbox: true,
      excludedCommands: ['docker:*'],
      network: { allowedDomains: ['evil.example'], deniedDomains: ['a.example'], allowAllUnixSockets: true },
      filesystem: { allowWrite: ['/'], allowRead: ['~/.ssh'], denyWrite: ['dist'], denyRead: ['~/x'] },
    };
    const narrow = { deniedDomains: ['a.example'], denyWrite: ['/w/dist'], denyRead: ['/home/u/x'] };
    for (const layer of ['project', 'local'] as const)
      expect(merge([layer, opening])).toEqual({ ...merge(['user', on]), ...narrow });
  });

  it('of a project take back what the user has opened', () => {
    const opened: SandboxSettings = {
      ...on,
      autoAllowBashIfSandboxed: true,
      network: { allowAllUnixSockets: true },
    };
    const taken: SandboxSettings = {
      autoAllowBashIfSandboxed: false,
      allowUnsandboxedCommands: false,
      network: { allowAllUnixSockets: false },
    };
    expect(merge(['user', opened], ['project', taken])).toMatchObject({
      autoAllow: false,
      allowUnsandboxed: false,
      allUnixSockets: false,
    });
  });

  it('of a project can not turn it off', () => {
    expect(merge(['user', on], ['project', { enabled: false }], ['local', { enabled: false }])).toBeDefined();
  });

  it('of a policy have the last word', () => {
    const policy: SandboxSettings = { ...on, allowUnsandboxedCommands: false };
    const other: SandboxSettings = { enabled: false, allowUnsandboxedCommands: true };
    expect(merge(['policy', policy], ['user', other], ['cliArg', other])).toMatchObject({
      allowUnsandboxed: false,
    });
    const managed: SandboxSettings = {
      network: { allowedDomains: ['a.example'], allowManagedDomainsOnly: true },
    };
    const asked: SandboxSettings = { ...on, network: { allowedDomains: ['b.example'] } };
    expect(merge(['policy', managed], ['cliArg', asked])?.allowedDomains).toEqual(['a.example']);
    expect(merge(['user', managed], ['cliArg', asked])?.allowedDomains).toEqual(['a.example', 'b.example']);
  });

  it('mean paths from where they stand', () => {
    const filesystem = { allowWrite: ['cache', './x/../y', '~/z', '~', '/abs'] };
    expect(merge(['user', { ...on, filesystem }])?.allowWrite).toEqual([
      '/home/u/.belay/cache',
      '/home/u/.belay/y',
      '/home/u/z',
      '/home/u',
      '/abs',
    ]);
    expect(merge(['cliArg', { ...on, filesystem }])?.allowWrite[0]).toBe('/w/cache');
  });

  it('hide credentials whole, whether to be denied or masked', () => {
    const credentials = {
      files: [
        { path: '~/a', mode: 'mask' },
        { path: 'b', mode: 'deny' },
      ],
      envVars: [{ name: 'DATABASE_URL', mode: 'mask' }],
    };
    expect(merge(['user', on], ['project', { credentials }])).toMatchObject({
      denyRead: ['/home/u/a', '/w/b'],
      dropEnvironment: ['DATABASE_URL'],
    });
  });

  it('that do not fit are an error, not off', () => {
    expect(() => parseSettings('{"sandbox":{"enabled":"yes"}}', 'settings.json')).toThrow(SettingsError);
    expect(() => parseSettings('{"sandbox":true}', 'settings.json')).toThrow(SettingsError);
  });
});
