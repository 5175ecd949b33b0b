import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, realpathSync, statSync, truncateSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../../src/core/checkpoints/checkpoints.ts';
import { readDiff } from '../../../../../src/core/loop/checkpointAnswers.ts';
import { createDiskWorld, outcomesOf, type World } from '../world.ts';

let world: World;
let checkpoints: Checkpoints;

const isRoot = process.getuid?.() === 0;

beforeEach(async () => {
  world = await createDiskWorld({ capture: true, isVolatile: true });
  await world.user({ 'a.txt': 'one\n', 'src/b.txt': 'two\n', 'src/deep/c.txt': 'three\n' });
});

afterEach(async () => {
  await checkpoints.close();
  await world.remove();
});

function bash(command: string): string {
  return execFileSync('bash', ['--noprofile', '--norc', '-ec', command], {
    cwd: world.root,
    encoding: 'utf8',
    env: { ...process.env, ...identity },
  });
}

const identity = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@b.c',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@b.c',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

/** A repository, all of it committed an hour ago: git vouches for every file. */
function commit(init = ''): void {
  bash(
    `git init -q ${init}; find . -path ./.git -prune -o -type f -exec touch -d '1 hour ago' {} +; git add -A; git commit -qm all`,
  );
}

/** What a person has in a repository: none of Belay's business. */
function readGit(): string {
  return bash(
    'git for-each-ref; git stash list; cat .git/HEAD .git/config; sha256sum .git/index; cat .git/info/exclude 2>/dev/null; ls .git/hooks 2>/dev/null; git status --porcelain=v2',
  );
}

async function tree() {
  const all = Object.entries(await world.tree());
  return Object.fromEntries(all.filter(([name]) => !/(?:^|\/)\.git(?:\/|$)/.test(name)));
}

/** Inode and time of each file. */
async function stamps(): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(await tree())) {
    const stat = await world.files.lstat(world.at(name));
    if (stat?.kind === 'file') found[name] = `${stat.ino} ${stat.mtimeMs}`;
  }
  return found;
}

async function begin(): Promise<void> {
  checkpoints = await world.open();
  checkpoints.beginTurn('m1');
}

const rewind = () => checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge' });

/** The command, back to exactly what was there, and forth to what it left; what it left alone is not touched. */
async function checkBackAndForth(command: string): Promise<void> {
  const before = await tree();
  const old = await stamps();
  await begin();
  await world.shell(checkpoints, 'm1', command);
  const after = await tree();
  expect(after).not.toEqual(before);
  const untouched = Object.entries(await stamps()).filter(
    ([name, stamp]) => old[name] === stamp && before[name] === after[name],
  );
  await rewind();
  expect(await tree()).toEqual(before);
  expect(await stamps()).toMatchObject(Object.fromEntries(untouched));
  await checkpoints.redo({ dryRun: false });
  expect(await tree()).toEqual(after);
  expect(await stamps()).toMatchObject(Object.fromEntries(untouched));
}

/** Of a kind for which the file system must have names of bytes. */
const NOT_UTF8 = "$'\\xff\\xfe'";

describe('a command is taken back and done again', () => {
  test.each([
    ['rm of many', 'rm -rf src'],
    ['names in other cases', 'mv a.txt A.TXT; mv src Src'],
    ['modes', 'chmod +x a.txt; chmod 600 src/b.txt; chmod 700 src/deep'],
    ['links', 'ln -s nowhere dangling; rm a.txt; ln -s src/b.txt a.txt; ln -s src folder'],
    ['links that lead elsewhere', 'ln -sfn src/deep link; rm kept-link; echo x > kept-link'],
    ['a file that became a folder', 'rm a.txt; mkdir -p a.txt/in; echo x > a.txt/in/x'],
    ['a folder that became a file', 'rm -rf src; echo x > src'],
    ['a folder that became a link to where it went', 'mv src lib; ln -s lib src'],
    [
      'bytes of all kinds',
      `printf 'a\\0b' > nul; : > empty; printf '\\xef\\xbb\\xbfx\\r\\ny' > bom; printf '\\xff' > a.txt`,
    ],
    [
      '4 MiB, one less and one more',
      'for n in 4194303 4194304 4194305; do head -c $n /dev/urandom > $n; done',
    ],
    [
      'a change of the same length with the time it had',
      'touch -r a.txt t; printf "two\\n" > a.txt; touch -r t a.txt; rm t',
    ],
    [
      'odd names',
      `touch -- ' ' $'\\n' '"' '-rf' ':(glob)' '😀' $'e\\u0301' $'\\u00e9' "$(printf 'x%.0s' {1..255})"`,
    ],
    [
      'names that are not in UTF-8',
      `mkdir ${NOT_UTF8}; echo x > ${NOT_UTF8}/$'\\x80'; mv a.txt $'a\\xe4'; ln -s $'a\\xe4' $'\\xc3'`,
    ],
    ['what is ignored', 'echo secret2 > .env; echo src > .gitignore; echo y > src/b.txt; echo n > src/new'],
    [
      'files that may not be written',
      'rm -f locked/x; chmod 755 locked; rm -f locked/x; echo y > locked/y; rm -rf src',
    ],
  ])('%s', async (_, command) => {
    bash(
      `ln -s a.txt kept-link; echo .env > .gitignore; echo secret > .env; mkdir locked; echo x > locked/x; chmod 444 locked/x; chmod 555 locked`,
    );
    await checkBackAndForth(command);
    chmodSync(world.at('locked'), 0o755);
  });

  test('names that are not in UTF-8, that were there before', async () => {
    bash(`mkdir ${NOT_UTF8}; echo x > ${NOT_UTF8}/$'\\x80'; ln -s $'\\x80' ${NOT_UTF8}/link`);
    commit();
    await checkBackAndForth(
      `echo y > ${NOT_UTF8}/$'\\x80'; mv ${NOT_UTF8}/link ${NOT_UTF8}/$'link\\xff'; touch $'\\xef\\xbf\\xbd'`,
    );
    await rewind();
    await checkpoints.close();
    await checkBackAndForth(`rm -rf ${NOT_UTF8}`);
  });

  test('1,000 files in a folder of another name, each changed', async () => {
    bash('mkdir -p dir/{0..9}; for n in {1..1000}; do echo $n > dir/$((n % 10))/$n; done');
    await checkBackAndForth("mv dir dir2; sed -i 's/^/x/' dir2/*/*");
  });

  test('a file with two names, both of which keep being one file', async () => {
    bash('ln a.txt twin.txt; ln src/b.txt ../outside.txt');
    await checkBackAndForth('echo x > a.txt; echo y > src/b.txt');
    await rewind();
    expect(statSync(world.at('a.txt')).ino).toBe(statSync(world.at('twin.txt')).ino);
    // A name that nobody looks at goes back with the file.
    expect(bash('cat ../outside.txt; stat -c %h src/b.txt')).toBe('two\n2\n');
  });

  test('a file that a command gave a second name, and one that it took from its second name', async () => {
    bash('ln a.txt twin.txt');
    await checkBackAndForth('ln src/b.txt new-name.txt; sed -i s/one/x/ a.txt');
  });

  test('nothing, when it leaves what was there', async () => {
    await begin();
    await world.shell(checkpoints, 'm1', 'echo x > a.txt; printf "one\\n" > a.txt; touch src/b.txt');
    expect(checkpoints.list()).toEqual([]);
    expect(await rewind()).toMatchObject({ canRewind: false });
  });

  test('a file too large to be kept is told of, and left', async () => {
    bash('truncate -s 200M large');
    await begin();
    await world.shell(checkpoints, 'm1', 'echo x >> large; echo y > a.txt');
    expect(checkpoints.captureStates()).toMatchObject([{ state: { unkept: [world.at('large')] } }]);
    expect(await rewind()).toMatchObject({ canRewind: true });
    expect(readFileSync(world.at('a.txt'), 'utf8')).toBe('one\n');
    expect(statSync(world.at('large')).size).toBe(200 * 1024 * 1024 + 2);
    truncateSync(world.at('large'), 0);
  });

  test('200 MiB that a tool wrote over', async () => {
    bash('truncate -s 200M large; printf end >> large');
    const before = bash('sha256sum large');
    await begin();
    await world.agent(checkpoints, 'm1', { large: 'small' });
    expect(outcomesOf(await rewind(), world)).toEqual({ large: 'restored' });
    expect(bash('sha256sum large')).toBe(before);
    await checkpoints.redo({ dryRun: false });
    expect(readFileSync(world.at('large'), 'utf8')).toBe('small');
  }, 180_000);
});

describe('in a repository', () => {
  test.each([
    [
      'files that are not as they were committed',
      'echo mine >> a.txt; echo new > new.txt',
      'echo x > a.txt; rm new.txt; rm src/b.txt',
    ],
    [
      'lines that end otherwise than in the objects',
      'git config core.autocrlf true; rm a.txt; git checkout -q a.txt',
      'rm a.txt src/b.txt',
    ],
    [
      'attributes for line ends and keywords',
      'printf "*.txt eol=crlf\\n*.id ident\\n" > .gitattributes; printf "\\$Id\\$\\n" > x.id; git add -A; git commit -qm y; rm a.txt x.id; git checkout -q .',
      'rm a.txt x.id src/b.txt',
    ],
    [
      'a filter',
      'git config filter.up.clean "tr A-Z a-z"; git config filter.up.smudge "tr a-z A-Z"; echo "*.txt filter=up" > .gitattributes; rm a.txt; git checkout -q a.txt',
      'rm a.txt src/b.txt',
    ],
    ['version 4 of the index', 'git update-index --index-version 4', 'rm -rf src; echo x > a.txt'],
    ['a split index', 'git update-index --split-index', 'rm -rf src; echo x > a.txt'],
    ['a broken index', 'head -c 40 .git/index > x; mv x .git/index', 'rm -rf src; echo x > a.txt'],
    [
      'a repository that lies elsewhere',
      'git init -q --separate-git-dir ../elsewhere',
      'rm -rf src; echo x > a.txt',
    ],
    [
      'a repository inside',
      'git init -q in; cd in; echo x > x; git add -A; git commit -qm x; echo y > y',
      'echo z > in/x; rm in/y; echo n > in/n',
    ],
    [
      'a linked worktree inside',
      'git worktree add -q linked -b linked; echo dirty >> linked/src/b.txt; echo y > linked/y',
      'rm linked/a.txt linked/y; echo z > linked/src/b.txt; echo n > linked/n',
    ],
    [
      'a submodule',
      'git init -q ../lib; cd ../lib; echo x > x; git add -A; git commit -qm x; cd ../work; git -c protocol.file.allow=always submodule --quiet add "$PWD/../lib" lib; git commit -qm lib; echo y > lib/y',
      'echo z > lib/x; rm lib/y .gitmodules; echo n > lib/n',
    ],
  ])('brings back %s', async (_, prepare, command) => {
    commit();
    bash(prepare);
    await checkBackAndForth(command);
  });

  test('brings back what a repository of SHA-256 holds', async () => {
    commit('--object-format=sha256');
    await checkBackAndForth('rm -rf src; echo x > a.txt');
  });

  test('brings back a linked worktree, and leaves the repository it is linked to alone', async () => {
    commit();
    bash('mv .git ../main; mkdir ../rest; mv * ../rest');
    bash(
      'git --git-dir=../main worktree add -q -f "$PWD" -b linked; echo dirty >> a.txt; echo loose > loose',
    );
    const left = (): string => bash('git for-each-ref; cat .git; git status --porcelain=v2');
    const git = left();
    await checkBackAndForth('rm -rf src loose; echo x > a.txt; echo n > n');
    await rewind();
    expect(left()).toBe(git);
  });

  test.each([
    ['a commit', 'echo x > a.txt; git add -A; git commit -qm agent'],
    ['git stash', 'git stash -q -u'],
    ['another branch', 'git add -A; git stash -q; git checkout -q other'],
    ['git reset --hard', 'git reset -q --hard'],
    ['git clean -fd', 'git clean -fdq; git checkout -q .'],
    [
      'git gc, after the objects have lost their names',
      'git checkout -q --orphan none; git rm -rqf .; git reflog expire --expire=now --all; git branch -D master main other -q 2>/dev/null || true; git gc -q --prune=now; rm -f *.txt',
    ],
    ['rm -rf .git', 'rm -rf .git src; echo x > a.txt'],
    ['everything', 'rm -rf .git * .[a-z]*'],
  ])('brings the files back behind %s, and leaves the repository as the agent has', async (_, command) => {
    commit();
    bash('git checkout -q -b other; echo other > a.txt; git commit -qam other; git checkout -q -');
    bash('echo staged > staged.txt; git add staged.txt; echo dirty >> src/b.txt; echo loose > loose.txt');
    const before = await tree();
    await begin();
    await world.shell(
      checkpoints,
      'm1',
      `export ${Object.entries(identity)
        .map(([k, v]) => `${k}=${v}`)
        .join(' ')}; ${command}`,
    );
    expect(await tree()).not.toEqual(before);
    const left = command.includes('.git') ? '' : readRepository();
    await rewind();
    expect(await tree()).toEqual(before);
    expect(command.includes('.git') ? '' : readRepository()).toEqual(left);
  });

  /** But for what a look at the files makes of it. */
  function readRepository(): string {
    return bash('git for-each-ref; git stash list; cat .git/HEAD .git/config; sha256sum .git/index');
  }

  test('leaves all of it alone, also where the environment names an index', async () => {
    commit();
    bash('echo stash > a.txt; git stash -q; echo staged > staged; git add staged; echo dirty >> a.txt');
    const git = readGit();
    process.env.GIT_DIR = `${world.root}/.git`;
    process.env.GIT_INDEX_FILE = `${world.root}/.git/index`;
    try {
      await begin();
      for (let round = 0; round < 10; round += 1)
        await world.shell(checkpoints, 'm1', `echo ${round} > a.txt; echo ${round} > new`);
      await rewind();
    } finally {
      delete process.env.GIT_DIR;
      delete process.env.GIT_INDEX_FILE;
    }
    expect(readGit()).toEqual(git);
  });
});

test('what comes back of a file that a command took away is what the user had made of it, where the agent had only set its mode', async () => {
  await begin();
  await world.shell(checkpoints, 'm1', 'chmod 700 a.txt');
  bash('echo mine > mine.txt; chmod 640 mine.txt; mv mine.txt a.txt');
  await world.shell(checkpoints, 'm1', 'rm a.txt');
  await rewind();
  expect(await tree()).toMatchObject({ 'a.txt': '640 mine\n' });
});

test('what comes back of a file that the agent had made and removed before is what the user had made since', async () => {
  await begin();
  await world.shell(checkpoints, 'm1', 'echo x > new.txt; mkdir new');
  await world.shell(checkpoints, 'm1', 'rm -r new.txt new');
  bash('echo mine > new.txt; mkdir -m 750 new');
  await world.shell(checkpoints, 'm1', 'rm -r new.txt new');
  await rewind();
  expect(await tree()).toMatchObject({ 'new.txt': '644 mine\n', 'new/': '750' });
});

test('what the user had made where the agent had made and removed a file is what its next change is taken back to', async () => {
  await begin();
  await world.shell(checkpoints, 'm1', 'echo x > new.txt');
  await world.shell(checkpoints, 'm1', 'rm new.txt');
  bash('echo mine > new.txt');
  await world.shell(checkpoints, 'm1', 'echo agent > new.txt');
  expect(outcomesOf(await rewind(), world)).toEqual({ 'new.txt': 'restored' });
  expect(await tree()).toMatchObject({ 'new.txt': '644 mine\n' });
  expect(outcomesOf(await rewind(), world)).toEqual({});
  await checkpoints.redo({ dryRun: false });
  expect(await tree()).toMatchObject({ 'new.txt': '644 agent\n' });
  await checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'overwrite' });
  expect(Object.keys(await tree())).not.toContain('new.txt');
});

test("a file comes back in a folder that had been the agent's, and was filled by the user meanwhile", async () => {
  await begin();
  await world.shell(checkpoints, 'm1', 'mkdir new; echo x > new/in.txt');
  await rewind();
  bash('mkdir new; echo mine > new/in.txt');
  await checkpoints.redo({ dryRun: false });
  await rewind();
  await world.shell(checkpoints, 'm1', 'rm -r new');
  expect(outcomesOf(await rewind(), world)).toEqual({ 'new/in.txt': 'restored' });
  expect(await tree()).toMatchObject({ 'new/in.txt': '644 mine\n' });
});

test('a file that was deleted by nobody knows whom, and that the agent then made anew, goes', async () => {
  await begin();
  await world.agent(checkpoints, 'm1', { 'new.txt': 'first' });
  await checkpoints
    .record({ userMessageId: 'm1', toolUseId: 'cut off', origin: 'shell' })
    .expectChanges('shell');
  bash('rm new.txt');
  await world.die();
  checkpoints = await world.open();
  await world.agent(checkpoints, 'm1', { 'new.txt': 'second' });
  expect(outcomesOf(await rewind(), world)).toEqual({ 'new.txt': 'restored' });
  expect(Object.keys(await tree())).not.toContain('new.txt');
});

test('what the user puts into a folder that a command made stays, and the folder', async () => {
  await begin();
  await world.shell(checkpoints, 'm1', 'mkdir -p made/in; echo x > made/x; echo y > made/in/y');
  await world.user({ 'made/mine.txt': 'mine\n' });
  await rewind();
  expect(await tree()).toMatchObject({ 'made/': '755', 'made/mine.txt': '644 mine\n' });
  expect(Object.keys(await tree())).not.toContain('made/x');
});

test('a repository that a command made stays, without the files that it made in it', async () => {
  await begin();
  await world.shell(checkpoints, 'm1', 'git init -q inner; echo x > inner/x');
  await rewind();
  expect(Object.keys(await tree()).filter((name) => name.startsWith('inner'))).toEqual(['inner/']);
  expect(readFileSync(world.at('inner/.git/HEAD'), 'utf8')).toContain('ref: ');
});

test('pipes, sockets and devices are not looked into', async () => {
  bash('mkfifo pipe');
  await begin();
  await world.shell(checkpoints, 'm1', 'mkfifo other src/pipe .gitattributes; echo x > a.txt');
  expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'restored' });
  expect(await tree()).toMatchObject({ pipe: 'other', other: 'other', 'a.txt': '644 one\n' });
});

test('rules that a command writes remove nothing that it did not make', async () => {
  await begin();
  await world.shell(checkpoints, 'm1', 'printf "*\\n" > .gitignore; echo x > new');
  await world.user({ 'mine.txt': 'mine\n' });
  await world.shell(checkpoints, 'm1', 'echo x > a.txt');
  await rewind();
  expect(await tree()).toMatchObject({
    'mine.txt': '644 mine\n',
    'a.txt': '644 one\n',
    'src/b.txt': '644 two\n',
  });
  expect(Object.keys(await tree())).not.toContain('.gitignore');
});

test('folders of dependencies are not looked at', async () => {
  mkdirSync(world.at('node_modules/x'), { recursive: true });
  await begin();
  await world.shell(checkpoints, 'm1', 'echo x > node_modules/x/y; echo x > a.txt');
  expect(checkpoints.list()).toMatchObject([{ files: [{ path: world.at('a.txt') }] }]);
});

test.skipIf(isRoot)('what may not be read is told of', async () => {
  bash('chmod 000 src/b.txt');
  await begin();
  await world.shell(checkpoints, 'm1', 'rm src/b.txt');
  expect(checkpoints.captureStates()).toMatchObject([{ state: { unkept: [world.at('src/b.txt')] } }]);
});

test('the store grows by what was changed, before and after, and by little more', async () => {
  bash('mkdir many; for n in {1..400}; do head -c 5000 /dev/urandom > many/$n; done');
  commit();
  await begin();
  await world.shell(checkpoints, 'm1', 'for n in {1..20}; do head -c 5000 /dev/urandom > many/$n; done');
  await checkpoints.close();
  const store = world.storage.locate(['checkpoints']);
  const sizeOf = (pattern: string): number =>
    Number(
      bash(
        `find ${store} -name '${pattern}' -not -path '*/git/*' -printf '%s\\n' | awk '{ all += $1 } END { print all }'`,
      ),
    );
  expect(sizeOf('*.pack')).toBeGreaterThan(2 * 20 * 5000);
  expect(sizeOf('*.pack')).toBeLessThan(2 * 20 * 5000 * 1.1);
  // What is known of each file, and the journal.
  expect(sizeOf('index-*.bin')).toBeLessThan(400 * 120);
  expect(sizeOf('journal.bin')).toBeLessThan(20 * 800);
  checkpoints = await world.open();
});

test('what a command has left running writes later is its own', async () => {
  bash('mkfifo ../go');
  await begin();
  const recorder = checkpoints.record({ userMessageId: 'm1', toolUseId: 't1', origin: 'shell' });
  await recorder.expectChanges('shell');
  const running = promisify(execFile)('bash', ['-c', 'read < ../go; echo late > late.txt; echo x > a.txt'], {
    cwd: world.root,
  });
  expect(await recorder.goOn()).toBeUndefined();
  bash('echo > ../go');
  await running;
  await checkpoints.endTurn();
  await recorder.finish();
  expect(checkpoints.list()).toMatchObject([
    { toolUseId: 't1', files: [{ path: world.at('a.txt') }, { path: world.at('late.txt') }] },
  ]);
  expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'restored', 'late.txt': 'restored' });
});

test('folders in one another and behind a link are each looked at once', async () => {
  bash('mkdir ../elsewhere; echo e > ../elsewhere/e.txt; ln -s elsewhere ../link');
  const [link, elsewhere] = [`${world.root}/../link`, `${world.root}/../elsewhere`];
  checkpoints = await world.open('session', [world.root, world.at('src'), link]);
  checkpoints.beginTurn('m1');
  await world.shell(
    checkpoints,
    'm1',
    'echo x > a.txt; echo x > src/b.txt; rm -r src/deep; echo x > ../link/e.txt',
  );
  const changed = checkpoints.list().flatMap(({ files }) => files.map(({ path }) => path));
  expect(changed.toSorted()).toEqual(
    [
      realpathSync(`${elsewhere}/e.txt`),
      ...['a.txt', 'src/b.txt', 'src/deep/c.txt'].map(world.at),
    ].toSorted(),
  );
  expect(checkpoints.captureStates().map(({ root }) => root)).toEqual([
    world.root,
    world.at('src'),
    realpathSync(elsewhere),
  ]);
  await rewind();
  expect(bash('cat a.txt src/b.txt src/deep/c.txt ../elsewhere/e.txt')).toBe('one\ntwo\nthree\ne\n');
});

test('a dry run of a folder that is empty now tells whether the agent made it', async () => {
  checkpoints = await world.open();
  await world.shell(checkpoints, 'm1', 'mkdir made && mv a.txt made/a.txt && mv src/b.txt made/b.txt');
  bash('mv made/a.txt a.txt; mv made/b.txt src/b.txt; rm src/deep/c.txt');
  const look = async (name: string) => {
    const paths = [world.at(name)];
    return (await checkpoints.rewind({ userMessageId: 'm1', dryRun: true, mode: 'merge', paths })).folders;
  };
  expect(await look('made')).toEqual([{ path: world.at('made'), outcome: 'restored', change: 'deleted' }]);
  expect([await look('src'), await look('src/deep')]).toEqual([undefined, undefined]);
});

test('a file that was moved has the same content there, by its id; also one of which no copy is kept', async () => {
  bash('touch large && truncate -s 60M large');
  checkpoints = await world.open();
  await world.shell(checkpoints, 'm1', 'mkdir made && mv large made/large && mv a.txt made/a.txt');
  const read = async (name: string) => {
    const query = { userMessageId: 'm1', scope: 'alone', path: world.at(name) } as const;
    return readDiff(checkpoints, query);
  };
  const [text, textThere] = [await read('a.txt'), await read('made/a.txt')];
  expect([text?.before, text?.binary, textThere?.after_id]).toEqual(['one\n', false, text?.before_id]);
  const [large, largeThere] = [await read('large'), await read('made/large')];
  expect([large?.before, large?.binary, large?.after_id]).toEqual([null, true, null]);
  expect(large?.before_id).toBe(largeThere?.after_id);
  expect(large?.before_id).not.toBe(text?.before_id);
});
