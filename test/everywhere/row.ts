// What a line of the compatibility table comes from: one tool or runtime, tried as an app uses it.
import type { Project } from './project.js';

/** The parts of the table, in its order. */
export const parts = [
  'TypeScript',
  'Test runners and loaders',
  'Bundlers',
  'Runtimes',
  'Drivers',
  'Session storages',
] as const;

/** A folder with packages, which rows may share. */
export interface ProjectDescription {
  readonly name: string;
  /** By name of the package, its version, beside this package and jose. */
  readonly packages: Readonly<Record<string, string>>;
  /** By name of a package, what npm takes for what that one asks for. */
  readonly overrides?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By folder, the packages of its workspaces. */
  readonly workspaces?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Of its package.json. Default: `module`. */
  readonly type?: 'module' | 'commonjs';
}

/** One tool or runtime. */
export interface Row {
  readonly part: (typeof parts)[number];
  readonly tool: string;
  /** What was tried, as the table says it. */
  readonly done: string;
  /** Whether it is among the few that run at every change. */
  readonly quick?: boolean;
  readonly project: ProjectDescription;
  /**
   * Tries it, and throws if it fails.
   *
   * @returns The versions that it was tried with.
   */
  run(project: Project): Promise<string>;
}

/** A runtime, which also opens what others seal. */
export interface RuntimeRow extends Row {
  /**
   * Seals a token with the keys of `exchange.ts`.
   *
   * @returns The session as the store holds it, in JSON.
   */
  seal(project: Project): Promise<string>;
  /** Opens what every runtime sealed. Throws if one cannot be opened. */
  open(project: Project, sealed: readonly string[]): Promise<void>;
}

/** The result of a row, as results.json holds it. */
export interface RowResult {
  readonly part: string;
  readonly tool: string;
  readonly version: string;
  readonly done: string;
  readonly result: string;
}
