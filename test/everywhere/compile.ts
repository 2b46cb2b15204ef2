// Compiles an app to JavaScript, for tools that take no TypeScript.
import { readFile } from 'node:fs/promises';
import ts from '@typescript/typescript6';

const kinds = { commonjs: ts.ModuleKind.CommonJS, module: ts.ModuleKind.ESNext };

/** The JavaScript of a file of `apps`. */
export async function compiled(name: string, kind: keyof typeof kinds): Promise<string> {
  const source = await readFile(new URL(`apps/${name}`, import.meta.url), 'utf8');
  const compilerOptions = { module: kinds[kind], target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}
