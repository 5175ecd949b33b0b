import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { listenToSignals } from '../../../src/headless/sessionEnd.ts';

const { killDescendants } = vi.hoisted(() => ({ killDescendants: vi.fn(async () => undefined) }));
vi.mock('../../../src/node/processTree.ts', () => ({ killDescendants }));

const quiet = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
const never = new Promise<never>(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  ['SIGTERM', 143],
  ['SIGHUP', 143],
] as const)('a session that hangs at %s is ended by force within two seconds', async (signal, code) => {
  const end = listenToSignals({ interrupt: async () => false, close: () => never }, quiet);
  process.emit(signal);
  expect(end.exitCode).toBe(code);
  expect(exit).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2000);
  expect(killDescendants).toHaveBeenCalledOnce();
  expect(exit).toHaveBeenCalledExactlyOnceWith(code);
  end.dispose();
});

it('a second SIGINT ends a session whose turn does not want to stop', async () => {
  const end = listenToSignals({ interrupt: () => never, close: () => never }, quiet);
  process.emit('SIGINT');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(exit).not.toHaveBeenCalled();
  process.emit('SIGINT');
  await vi.advanceTimersByTimeAsync(2000);
  expect(exit).toHaveBeenCalledExactlyOnceWith(130);
  end.dispose();
});
