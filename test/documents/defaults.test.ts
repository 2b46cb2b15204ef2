// The defaults that docstrings state, and the documents repeat, are those in the code beside them.
import { dirname } from 'node:path/posix';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.js';
import { sources, sourceText } from './docstrings.js';
import { interfaceMembers } from './interfaces.js';

/** The code of these files, without comments. */
const codeOf = (files: readonly string[]): string =>
  files.map((file) => sourceText(file).replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '')).join('\n');

/** The command line has defaults of its own. */
const isProgram = (file: string) => file.startsWith('src/cli/');
const library = sources.filter((file) => !isProgram(file));

const stated = sources.flatMap((file) =>
  [...sourceText(file).matchAll(/^export interface (\w+Options)\b/gm)].flatMap(([, name = '']) =>
    interfaceMembers(name).flatMap(({ name: option, byDefault = '' }) => {
      const [, number, word] = /^`?(?:(\d+)|'?([\w-]+)'?)`?$/.exec(byDefault) ?? [];
      return number === undefined && word === undefined
        ? []
        : [
            {
              at: `${name}.${option} is ${number ?? word}`,
              option,
              file,
              value: number ?? word ?? '',
            },
          ];
    }),
  ),
);

test('there are defaults to check', () => {
  expect(stated.length).toBeGreaterThan(5);
});

test.each(stated)('$at', ({ option, value, file }) => {
  const isAmbiguous = stated.some((other) => other.option === option && other.value !== value);
  const folder = dirname(file);
  const nearby = sources.filter((source) => [folder, dirname(folder)].includes(dirname(source)));
  const number = [...value].join('_?');
  const inCode = /^\d+$/.test(value) ? number : `['"\`]?${value}\\b|flag`;
  const pair = new RegExp(`${option}\\b[^\\n;]{0,60}?(${inCode})`, 'i');
  const where = isAmbiguous ? `in or beside ${folder}` : 'in src';
  expect(
    pair.test(codeOf(isAmbiguous ? nearby : library)),
    `no code ${where} gives ${option} this default. It is looked for within 60 characters behind the ` +
      `name, before a line's end: ${option} = ${value}, ${option}: wholeNumber(${value}), or flag for false`,
  ).toBe(true);
});

const ofOptions = commands.flatMap((command) =>
  Object.entries(command.options).flatMap(([option, { help }]) => {
    const [, value] = /Default: (\d+)\./.exec(help.join(' ')) ?? [];
    return value === undefined ? [] : [{ at: `${command.name} --${option}`, option, value }];
  }),
);

test.each(ofOptions)('$at is $value', ({ option, value }) => {
  // Where the command line has no default of its own, that of the library holds.
  const name = option.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const pair = new RegExp(
    `value\\('${option}'\\) \\?\\? '?${value}\\b|\\b${name}: \\w+\\(${value}\\b`,
  );
  expect(
    pair.test(codeOf(sources)),
    `no code gives --${option} this default. Forms that are found: value('${option}') ?? ${value}, ` +
      `and of the library's option ${name}: wholeNumber(${value}, …)`,
  ).toBe(true);
});
