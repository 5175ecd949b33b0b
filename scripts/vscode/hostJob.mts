/** What to run inside an extension host. All paths are absolute. */
export interface HostJob {
  /** The extension under development: the folder with package.json. */
  readonly extension: string;
  /** The script whose `run` is called. */
  readonly tests: string;
  /** The folder that is open. */
  readonly workspace: string;
  /** Where the tests leave their result. */
  readonly report: string;
  /** A profile folder that nobody else uses. */
  readonly profile: string;
}
