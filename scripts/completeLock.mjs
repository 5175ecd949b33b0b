// `npm run lock`: completes package-lock.json after a dependency has changed. A registry mirror may lack a tool's builds
// for other systems; npm then leaves them out of the lock file, and `npm ci` calls that an error. They are entered here
// by name and version, so that `npm ci` works on every system whatever machine wrote the lock file.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './run.mjs';

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64', 'loong64', 'wasm32'];

const file = join(root, 'package-lock.json');
const lock = JSON.parse(await readFile(file, 'utf8'));
const packages = lock.packages;
const { overrides } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
/** Builds that are put aside on purpose. */
const replaced = new Set(Object.values(overrides ?? {}).flatMap((of) => Object.keys(of)));
let added = 0;
for (const entry of Object.values(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    const platform = platformOf(name);
    if (packages[path] !== undefined || replaced.has(name) || platform === undefined || !/^\d/.test(version))
      continue;
    const { cpu, libc, os } = platform;
    // In the order npm writes, so that it changes nothing when it writes the file next.
    packages[path] = { version, cpu, ...(entry.dev ? { dev: true } : {}), ...libc, optional: true, os };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`package-lock.json: ${added} builds for other systems added\n`);

/** @param {string} name */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined) return undefined;
  if (os !== 'linux') return { cpu: [cpu], libc: {}, os: [os] };
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc';
  return { cpu: [cpu], libc: { libc: [libc] }, os: [os] };
}
