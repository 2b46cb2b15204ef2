// Reads the docstrings of the sources: their examples, and the names that a file exports.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { repository } from './documents.js';

/** An `@example` of a docstring. */
export interface DocstringExample {
  /** The source file, such as `src/errors.ts`, and the line that the example starts at. */
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** Every source file, such as `src/errors.ts`. */
export const sources: readonly string[] = readdirSync(new URL('src/', repository), {
  recursive: true,
  encoding: 'utf8',
})
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.ts'))
  .sort();

export const sourceText = (file: string): string => readFileSync(new URL(file, repository), 'utf8');

/** Every example of every docstring. */
export function docstringExamples(): DocstringExample[] {
  return sources.flatMap((file) => {
    const text = sourceText(file);
    return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((docstring) =>
      [...docstring[0].matchAll(/@example\b.*\n([\s\S]*?)(?=\n\s*\* @\w|\s*\*\/)/g)].map(
        (match) => {
          const before = text.slice(0, docstring.index + match.index);
          const code = (match[1] ?? '').replace(/^\s*\* ?/gm, '').replace(/^```.*$/gm, '');
          return { file, line: before.split('\n').length + 1, code };
        },
      ),
    );
  });
}

/** The names that a file exports by itself or from others. */
export function exportedNames(file: string): string[] {
  const text = sourceText(file);
  const own = [
    ...text.matchAll(
      /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|interface|type) (\w+)/gm,
    ),
  ];
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)];
  const files = [...text.matchAll(/^export \* from '(.+)\.js'/gm)];
  return [
    ...files.flatMap(([, path]) => exportedNames(join(dirname(file), `${path}.ts`))),
    ...own.map(([, name = '']) => name),
    ...lists.flatMap(([, list = '']) =>
      list.split(',').flatMap((item) => /(\w+)\s*$/.exec(item)?.[1] ?? []),
    ),
  ];
}
