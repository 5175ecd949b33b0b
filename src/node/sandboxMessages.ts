/** What is said between this process and the one that holds the sandbox library (sandboxHost.ts). */
import type { SandboxPolicy } from '../core/ports.ts';

export type ToSandboxHost =
  /** Answered by `wrapped` or `failed`. `id` is random: who knows it may use the network that the policy allows. */
  | {
      readonly kind: 'wrap';
      readonly id: string;
      readonly command: string;
      readonly cwd: string;
      readonly policy: SandboxPolicy;
    }
  /** The command of a `wrap` that was answered by `wrapped` has ended. Answered by `released`. */
  | { readonly kind: 'release'; readonly id: string };

export type FromSandboxHost =
  /** `line`: a simple command for the shell that runs the command of the `wrap` in the sandbox. */
  | { readonly kind: 'wrapped'; readonly id: string; readonly line: string }
  | { readonly kind: 'failed'; readonly id: string; readonly problem: string }
  /** `violations`: lines in the words of the library. */
  | { readonly kind: 'released'; readonly id: string; readonly violations: readonly string[] };
