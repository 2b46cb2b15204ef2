// What the generated sections of the documents hold, by the names in their marks. Sections of other
// names are written by the suites that have measured what they say.

import { optionsOf } from '../../src/cli/command.js';
import { commands } from '../../src/cli/commands.js';
import { exitCodesHelp } from '../../src/cli/exit-codes.js';
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
    case 'members':
      return table(
        ['Member', 'Meaning'],
        interfaceMembers(of).map(({ name, meaning }) => [code(name), meaning]),
      );
    case 'commands':
      return table(
        ['Command', 'What it does'],
        commands.map(({ name, summary }) => [`[${code(name)}](#${name})`, summary]),
      );
    case 'command':
      return commandSection(of);
    case 'exit codes':
      return table(['Exit code', 'Meaning'], exitCodeRows());
    default:
      return undefined;
  }
}

/** How a command is called, and its options. */
function commandSection(name: string): string {
  const command = commands.find((known) => known.name === name);
  if (command === undefined) throw new Error(`There is no command ${name}.`);
  const rows = Object.entries(optionsOf(command)).map(([option, { value, help }]) => [
    code(`--${option}${value === undefined ? '' : ` ${value}`}`),
    help.map((line) => line.replace(/^(\S+) {2,}/, '<br>`$1` ')).join(' '),
  ]);
  const usage = code(`${name} ${command.usage}`);
  return `${usage}\n\n${command.description.join('\n')}\n\n${table(['Option', 'Meaning'], rows)}`;
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
