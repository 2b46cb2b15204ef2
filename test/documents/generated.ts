// What the generated sections of the documents hold, by the names in their marks. Sections of other
// names are written by the suites that have measured what they say.

import { type Command, optionsOf } from '../../src/cli/command.js';
import { commands } from '../../src/cli/commands.js';
import { exitCodesHelp } from '../../src/cli/exit-codes.js';
import { adapterCells } from '../keyv-session-storage/adapters/table.js';
import { exportedNames, sources } from './docstrings.js';
import { interfaceMembers } from './interfaces.js';

/** The text of a section, or `undefined` if it is not one of these. */
export function generatedSection(name: string): string | undefined {
  const [kind, of = ''] = name.split(/: (.*)/);
  switch (kind) {
    case 'options':
      return table(
        ['Option', 'Default', 'Meaning'],
        interfaceMembers(of).map(({ name, meaning, byDefault }) => [
          code(name),
          byDefault ?? 'none',
          meaning,
        ]),
      );
    case 'catalog options':
      return catalogOptions();
    case 'members':
      return table(
        ['Member', 'Meaning'],
        interfaceMembers(of).map(({ name, meaning }) => [code(name), meaning]),
      );
    case 'shared options':
      return sharedOptionsTable();
    case 'commands':
      return table(
        ['Command', 'What it does'],
        commands.map(({ name, summary }) => [`[${code(name)}](#${name})`, summary]),
      );
    case 'command':
      return commandSection(of);
    case 'adapters':
      return table(['Adapter', 'Compare-and-swap', 'Lists sessions', ''], adapterCells());
    case 'exit codes':
      return table(['Exit code', 'Meaning'], exitCodeRows());
    default:
      return undefined;
  }
}

/** The options that all catalogs have, and those that each has of its own. */
function catalogOptions(): string {
  const shared = interfaceMembers('CatalogOptions');
  const isShared = (name: string) => shared.some((member) => member.name === name);
  const own = sources.flatMap((file) => {
    const [, folder] = /^src\/catalogs\/(\w+)\/index\.ts$/.exec(file) ?? [];
    if (folder === undefined) return [];
    const names = exportedNames(file).filter((name) => /.CatalogOptions$/.test(name));
    return names.map((name) => ({ of: code(`${folder}Catalog`), members: interfaceMembers(name) }));
  });
  const rows = [{ of: 'all', members: shared }, ...own].flatMap(({ of, members }) =>
    members
      .filter(({ name }) => of === 'all' || !isShared(name))
      .map(({ name, meaning, byDefault }) => [of, code(name), byDefault ?? 'none', meaning]),
  );
  return table(['Function', 'Option', 'Default', 'Meaning'], rows);
}

/** The options that three commands or more have in the same words, with the commands. */
function sharedOptions() {
  const found = new Map<string, { option: string[]; names: string[] }>();
  for (const command of commands) {
    for (const option of optionRows(command)) {
      const row = option.join();
      const { names } = found.get(row) ?? { names: [] };
      found.set(row, { option, names: [...names, command.name] });
    }
  }
  return [...found.values()].filter(({ names }) => names.length > 2);
}

function sharedOptionsTable(): string {
  const rows = sharedOptions().map(({ option: [term = '', meaning = ''], names }) => {
    const of = names.length === commands.length ? 'all' : names.map(code).join(', ');
    return [term, of, meaning];
  });
  return table(['Option', 'Commands', 'Meaning'], rows);
}

const optionRows = (command: Command): string[][] =>
  Object.entries(optionsOf(command)).map(([option, { value, help }]) => [
    code(`--${option}${value === undefined ? '' : ` ${value}`}`),
    optionMeaning(help),
  ]);

/** How a command is called, and the options that it does not share with several. */
function commandSection(name: string): string {
  const command = commands.find((known) => known.name === name);
  if (command === undefined) throw new Error(`There is no command ${name}.`);
  const shared = sharedOptions().filter(({ names }) => names.includes(name));
  const isShared = (row: string[]) => shared.some(({ option }) => option.join() === row.join());
  const rows = optionRows(command).filter((row) => !isShared(row));
  const others = shared.map(({ option: [term = ''] }) => term.replace(/ .*(?=`)/, '')).join(', ');
  const own = rows.length === 0 ? '' : `${table(['Option', 'Meaning'], rows)}\n\n`;
  const usage = code(`${name} ${command.usage}`);
  return (
    `${usage}\n\n${command.description.join('\n')}\n\n${own}` +
    `And [those of several commands](#options-of-several-commands): ${others}.`
  );
}

/** The help of an option; where it says what each value does, one to a line, these stay apart. */
function optionMeaning(help: readonly string[]): string {
  const value = /^(\S+) {2,}/;
  const separator = help.some((line) => value.test(line)) ? '<br>' : ' ';
  return help.map((line) => line.replace(value, '`$1` ')).join(separator);
}

/** `  130  ended by …` in the help. */
const exitCodeRows = (): string[][] =>
  exitCodesHelp.flatMap((line) => {
    const [, number, meaning] = /^ +(\d+) {2}(.*)$/.exec(line) ?? [];
    return number === undefined || meaning === undefined ? [] : [[number, meaning]];
  });

const code = (text: string): string => `\`${text}\``;

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), `|${titles.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
